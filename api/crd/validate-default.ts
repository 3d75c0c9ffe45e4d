import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { copy } from '../patch/value.ts';
import { invalidField } from './fault.ts';
import { pruneCustom } from './prune.ts';
import { isObject } from './structural.ts';
import { validateValue } from './validate-value.ts';

/** A default has to be a value that the schema allows, with nothing in it that would be pruned. */
export function validateDefault(schema: Schema, path: string, errors: FieldError[]): void {
  const value = schema.default;
  for (const fault of validateValue(value, schema))
    errors.push({ ...fault, field: [path, fault.field].filter((part) => part !== '' && part !== '<nil>').join('.') });
  if (!isObject(value)) return;
  const pruned = copy(value);
  if (pruneCustom(pruned, schema).length > 0) errors.push(invalidField(path, value, 'must not have unknown fields'));
}
