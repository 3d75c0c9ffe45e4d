/** anyOf, oneOf, allOf and not, with the faults of the branch that came nearest. */
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { type Path, textOf } from './path.ts';

/** Checks a value by one branch. Given, since it is what calls this file. */
type Validate = (value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[]) => void;

const branches = (list: unknown) => (Array.isArray(list) ? (list as Schema[]) : []);

export function checkJunctors(value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[], validate: Validate): void {
  const { anyOf, oneOf, allOf, not } = schema;
  if (!anyOf && !oneOf && !allOf && !not) return;
  const faultsOf = (branch: Schema) => {
    const faults: FieldError[] = [];
    validate(value, branch, path, faults);
    return faults;
  };
  const fault = (detail: string) =>
    errors.push({ field: '<nil>', type: 'invalid', value: '', detail: `${JSON.stringify(textOf(path))} ${detail}` });

  const any = branches(anyOf).map(faultsOf);
  if (any.length > 0 && any.every((faults) => faults.length > 0)) {
    fault('must validate at least one schema (anyOf)');
    errors.push(...(any[0] ?? []));
  }
  const one = branches(oneOf).map(faultsOf);
  const valid = one.filter((faults) => faults.length === 0).length;
  if (one.length > 0 && valid !== 1) {
    fault(`must validate one and only one schema (oneOf). ${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`);
    if (valid === 0) errors.push(...(one[0] ?? []));
  }
  const all = branches(allOf).map(faultsOf);
  const failed = all.filter((faults) => faults.length > 0);
  errors.push(...failed.flat());
  if (failed.length > 0) fault(`must validate all the schemas (allOf)${failed.length === all.length ? '. None validated' : ''}`);
  if (not && faultsOf(not as Schema).length === 0) fault('must not validate the schema (not)');
}
