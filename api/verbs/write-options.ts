/** The query of a request that writes (meta.k8s.io CreateOptions, UpdateOptions, PatchOptions), checked. */
import { invalid } from '../errors.ts';
import type { FieldError } from '../kinds/strategy.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface WriteOptions {
  dryRun: boolean;
  fieldValidation: FieldValidation;
  fieldManager: string;
  /** Of an apply: what others own is taken from them. */
  force: boolean;
}

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';

/** `kind` names the options in messages; `apply`: of a server-side apply. Throws 422. */
export function readWriteOptions(query: URLSearchParams, kind: OptionsKind, apply = false): WriteOptions {
  if (query.size === 0 && !apply) return DEFAULTS;
  const errors: FieldError[] = [];
  const manager = query.get('fieldManager') ?? '';
  const force = query.get('force');
  if (apply && manager === '') errors.push({ field: 'fieldManager', type: 'required', detail: 'is required for apply patch' });
  if (!apply && kind === 'PatchOptions' && force !== null) {
    errors.push({ field: 'force', type: 'forbidden', detail: 'may not be specified for non-apply patch' });
  }
  errors.push(...managerFaults(manager));
  const dryRun = query.getAll('dryRun').filter(Boolean);
  if (dryRun.some((value) => value !== 'All')) {
    errors.push({ field: 'dryRun', type: 'notSupported', value: dryRun, detail: '', supported: ['All'] });
  }
  const validation = query.get('fieldValidation') || 'Warn';
  if (validation !== 'Strict' && validation !== 'Warn' && validation !== 'Ignore') {
    errors.push({
      field: 'fieldValidation',
      type: 'notSupported',
      value: validation,
      detail: '',
      supported: ['', 'Ignore', 'Strict', 'Warn'],
    });
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind }, '', errors);
  return { dryRun: dryRun.length > 0, fieldValidation: validation as FieldValidation, fieldManager: manager, force: isTrue(force) };
}

const DEFAULTS: WriteOptions = { dryRun: false, fieldValidation: 'Warn', fieldManager: '', force: false };

/** As Go reads a boolean parameter: what is there and not said to be false is true. */
const isTrue = (text: string | null) => text !== null && text !== 'false' && text !== '0';

function managerFaults(manager: string): FieldError[] {
  const field = 'fieldManager';
  const errors: FieldError[] = [];
  if (Buffer.byteLength(manager) > 128) errors.push({ field, type: 'tooLong', value: manager, detail: 'may not be more than 128 bytes' });
  let at = 0;
  for (const char of manager) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char)) {
      const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
      errors.push({ field, type: 'invalid', value: manager, detail: `invalid character U+${code} (at position ${at})` });
    }
    at += Buffer.byteLength(char);
  }
  return errors;
}
