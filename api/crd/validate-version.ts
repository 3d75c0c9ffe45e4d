import type { FieldError } from '../kinds/strategy.ts';
import type { CrdVersion } from './definition.ts';
import { invalidField, requiredField, unsupportedField } from './fault.ts';

const SIMPLE_PATH = /^(\.([A-Za-z_][\w-]*|\["[^"]+"\]))+$/;

export function validateSubresources({ subresources }: CrdVersion, at: string, errors: FieldError[]): void {
  const scale = subresources?.scale;
  if (!scale) return;
  const { specReplicasPath = '', statusReplicasPath = '', labelSelectorPath } = scale;
  checkPath(specReplicasPath, `${at}.scale.specReplicasPath`, ['.spec'], errors);
  checkPath(statusReplicasPath, `${at}.scale.statusReplicasPath`, ['.status'], errors);
  if (labelSelectorPath) checkPath(labelSelectorPath, `${at}.scale.labelSelectorPath`, ['.spec', '.status'], errors);
}

function checkPath(path: string, field: string, under: string[], errors: FieldError[]): void {
  if (!path) errors.push(requiredField(field));
  else if (!SIMPLE_PATH.test(path)) errors.push(invalidField(field, path, 'must be a simple json path starting with .'));
  else if (!under.some((root) => path.startsWith(`${root}.`))) {
    errors.push(invalidField(field, path, `should be a json path under ${under.length === 1 ? under[0] : `either ${under.join(' or ')}`}`));
  }
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function validateColumns({ additionalPrinterColumns = [] }: CrdVersion, at: string, errors: FieldError[]): void {
  for (const [i, { name, type, format, jsonPath }] of additionalPrinterColumns.entries()) {
    const field = `${at}[${i}]`;
    if (!name) errors.push(requiredField(`${field}.name`));
    if (!type) errors.push(requiredField(`${field}.type`));
    else if (!COLUMN_TYPES.includes(type)) errors.push(unsupportedField(`${field}.type`, type, COLUMN_TYPES));
    if (format && !COLUMN_FORMATS.includes(format)) errors.push(unsupportedField(`${field}.format`, format, COLUMN_FORMATS));
    if (!jsonPath) errors.push(requiredField(`${field}.JSONPath`));
    else if (!jsonPath.startsWith('.') && !jsonPath.startsWith('[')) {
      errors.push(invalidField(`${field}.JSONPath`, jsonPath, 'must be a json path starting with .'));
    }
  }
}

const MAX_SELECTABLE = 8;

export function validateSelectable({ selectableFields = [] }: CrdVersion, at: string, errors: FieldError[]): void {
  const seen = new Set<string>();
  for (const [i, { jsonPath }] of selectableFields.entries()) {
    const field = `${at}[${i}].jsonPath`;
    if (!jsonPath) errors.push(requiredField(field));
    else if (!SIMPLE_PATH.test(jsonPath))
      errors.push(invalidField(field, jsonPath, 'is an invalid path: must be a simple json path starting with .'));
    else if (seen.has(jsonPath)) errors.push({ field, type: 'duplicate', value: jsonPath, detail: '' });
    seen.add(jsonPath);
  }
  if (selectableFields.length > MAX_SELECTABLE) {
    errors.push({ field: at, type: 'tooMany', value: selectableFields.length, detail: `must have at most ${MAX_SELECTABLE} items` });
  }
}
