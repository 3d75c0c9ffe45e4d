/** anyOf, oneOf, allOf and not in Kubernetes' words, with the faults of the branches that count. */
import type { ErrorObject } from 'ajv';
import type { FieldError } from '../kinds/strategy.ts';
import { type Path, textOf } from './path.ts';

/** The errors of each branch; none for a branch that the value satisfies. */
export type JunctorOutcome = Record<'anyOf' | 'oneOf' | 'allOf' | 'not', ErrorObject[][]>;

/** Puts the errors of a value that stands at a path into words. */
export type FaultsOf = (errors: ErrorObject[], value: unknown, path: Path | undefined) => FieldError[];

const isValid = (errors: ErrorObject[]): boolean => errors.length === 0;

export function satisfies({ anyOf, oneOf, allOf, not }: JunctorOutcome): boolean {
  const any = anyOf.length === 0 || anyOf.some(isValid);
  const one = oneOf.length === 0 || oneOf.filter(isValid).length === 1;
  return any && one && allOf.every(isValid) && !not.some(isValid);
}

/** `params`: a `JunctorOutcome`. Of anyOf and oneOf the first branch speaks, of allOf each that fails. */
export function junctorFaults(params: ErrorObject['params'], value: unknown, path: Path | undefined, faultsOf: FaultsOf): FieldError[] {
  const { anyOf, oneOf, allOf, not } = params as JunctorOutcome;
  const faults: FieldError[] = [];
  const say = (detail: string) =>
    faults.push({ field: '<nil>', type: 'invalid', value: '', detail: `${JSON.stringify(textOf(path))} ${detail}` });
  const tell = (branches: ErrorObject[][]) => faults.push(...branches.flatMap((errors) => faultsOf(errors, value, path)));
  if (anyOf.length > 0 && !anyOf.some(isValid)) {
    say('must validate at least one schema (anyOf)');
    tell(anyOf.slice(0, 1));
  }
  const valid = oneOf.filter(isValid).length;
  if (oneOf.length > 0 && valid !== 1) {
    say(`must validate one and only one schema (oneOf). ${valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`}`);
    if (valid === 0) tell(oneOf.slice(0, 1));
  }
  const failed = allOf.filter((errors) => !isValid(errors));
  tell(failed);
  if (failed.length > 0) say(`must validate all the schemas (allOf)${failed.length === allOf.length ? '. None validated' : ''}`);
  if (not.some(isValid)) say('must not validate the schema (not)');
  return faults;
}
