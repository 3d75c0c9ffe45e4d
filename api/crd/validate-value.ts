/**
 * Checks a value against a custom kind's schema with Ajv, and tells the faults as kube-apiserver does: in its words, and in the order in which
 * its validators run (k8s.io/kube-openapi/pkg/validation/validate): `spec.a in body must be of type integer: "string"`.
 */
import type { ErrorObject } from 'ajv';
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { EMBEDDED, LIST_TYPE } from './ajv-schema.ts';
import { checkOf } from './compile.ts';
import { child, type Path } from './path.ts';
import { stood } from './ratchet.ts';
import { isObject } from './structural.ts';
import { inWords, rankOf, rankOfMembers } from './words.ts';

/**
 * All faults: those of the schema, then of embedded objects, then of lists that hold something twice. Where `before` is given, what is as it
 * was before is not found fault with by the schema, so that it can become stricter (ratcheting).
 */
export function validateValue(value: unknown, schema: Schema, before?: unknown): FieldError[] {
  const errors = checkOf(schema)(value);
  if (errors.length === 0) return [];
  const embedded = errors.filter(({ keyword }) => keyword === EMBEDDED);
  const twice = errors.filter(({ keyword }) => keyword === LIST_TYPE);
  const rest = errors.filter(({ keyword }) => keyword !== EMBEDDED && keyword !== LIST_TYPE);
  const fresh = before === undefined ? rest : rest.filter(({ instancePath }) => !stood(partsOf(instancePath), value, before, schema));
  return [fresh, embedded, twice].flatMap((group) => faultsOf(group, value, undefined));
}

/** A value in which, or below which, something is wrong. */
interface Place {
  value: unknown;
  path: Path | undefined;
  errors: ErrorObject[];
  members: Map<string, Place>;
}

function faultsOf(errors: ErrorObject[], value: unknown, path: Path | undefined): FieldError[] {
  const root: Place = { value, path, errors: [], members: new Map() };
  for (const error of errors) partsOf(error.instancePath).reduce(enter, root).errors.push(error);
  return faultsAt(root);
}

/** The parts of a JSON pointer. */
const partsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

function enter({ value, path, members }: Place, part: string): Place {
  const known = members.get(part);
  if (known) return known;
  const at = Array.isArray(value) ? Number(part) : part;
  const member: Place = {
    value: Array.isArray(value) ? value[Number(part)] : memberOf(value, part),
    path: child(path, at),
    errors: [],
    members: new Map(),
  };
  members.set(part, member);
  return member;
}

const memberOf = (value: unknown, key: string) => (isObject(value) ? value[key] : undefined);

function faultsAt({ value, path, errors, members }: Place): FieldError[] {
  const below = rankOfMembers(value);
  const sorted = errors.toSorted((a, b) => rankOf(a.keyword) - rankOf(b.keyword));
  const tell = (some: ErrorObject[]) => some.flatMap((error) => inWords(error, value, path, faultsOf));
  return [
    ...tell(sorted.filter(({ keyword }) => rankOf(keyword) < below)),
    ...[...members.values()].flatMap(faultsAt),
    ...tell(sorted.filter(({ keyword }) => rankOf(keyword) > below)),
  ];
}
