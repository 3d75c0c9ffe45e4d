/** One error of Ajv in the words of kube-apiserver (k8s.io/kube-openapi/pkg/validation/errors). */
import type { ErrorObject } from 'ajv';
import type { FieldError } from '../kinds/strategy.ts';
import { EMBEDDED, JUNCTORS, LIST_KEYS, LIST_TYPE, NULLABLE } from './ajv-schema.ts';
import { embeddedFaults } from './embedded.ts';
import { RANGES } from './formats.ts';
import { type FaultsOf, junctorFaults } from './junctors.ts';
import { duplicatesIn } from './list-types.ts';
import { child, type Path, textOf } from './path.ts';
import type { JsonObject } from './structural.ts';

interface Context {
  value: unknown;
  path: Path | undefined;
  field: string;
  /** As it was compiled. */
  schema: JsonObject;
  /** What the keyword says in it. */
  limit: unknown;
  error: ErrorObject;
  faultsOf: FaultsOf;
}

type Words = (context: Context) => FieldError[];

const inBody =
  (words: (limit: unknown) => string, shown: (value: unknown) => unknown = (value) => value): Words =>
  ({ field, value, limit }) => [{ field, type: 'invalid', value: shown(value), detail: `${field} in body ${words(limit)}` }];

const tooMany =
  (count: (value: unknown) => number): Words =>
  ({ field, value, limit }) => [{ field, type: 'tooMany', value: count(value), detail: `must have at most ${limit} items` }];

const length = (list: unknown) => (list as unknown[]).length;
const size = (object: unknown) => Object.keys(object as JsonObject).length;

/** In the order in which Kubernetes tells the faults of one value. */
const WORDS: Record<string, Words> = {
  [EMBEDDED]: embedded,
  [LIST_TYPE]: duplicates,
  type: wrongType,
  [JUNCTORS]: ({ value, path, error, faultsOf }) => junctorFaults(error.params, value, path, faultsOf),
  maxLength: ({ field, value, limit }) => [{ field, type: 'tooLong', value, detail: `may not be more than ${limit} bytes` }],
  minLength: inBody((limit) => `should be at least ${limit} chars long`),
  pattern: inBody((limit) => `should match '${limit}'`),
  format: wrongFormat,
  multipleOf: inBody((limit) => `should be a multiple of ${limit}`),
  maximum: inBody((limit) => `should be less than or equal to ${limit}`),
  exclusiveMaximum: inBody((limit) => `should be less than ${limit}`),
  minimum: inBody((limit) => `should be greater than or equal to ${limit}`),
  exclusiveMinimum: inBody((limit) => `should be greater than ${limit}`),
  minItems: inBody((limit) => `should have at least ${limit} items`, length),
  maxItems: tooMany(length),
  enum: notSupported,
  minProperties: inBody((limit) => `should have at least ${limit} properties`, size),
  maxProperties: tooMany(size),
  required: ({ path, error }) => [{ field: textOf(child(path, String(error.params.missingProperty))), type: 'required', detail: '' }],
};

const ORDER = Object.keys(WORDS);

/** The lower comes first. */
export const rankOf = (keyword: string): number => ORDER.indexOf(keyword);

/** Of the faults of what is in a value: a list's elements come before its own length, an object's members come last. */
export const rankOfMembers = (value: unknown): number => (Array.isArray(value) ? rankOf('minItems') : ORDER.length) - 0.5;

/** `path`: where the value stands. */
export function inWords(error: ErrorObject, value: unknown, path: Path | undefined, faultsOf: FaultsOf): FieldError[] {
  const { keyword, schema: limit, parentSchema: schema = {} } = error;
  return WORDS[keyword]?.({ value, path, field: textOf(path), schema, limit, error, faultsOf }) ?? [];
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function wrongType({ value, field, schema }: Context): FieldError[] {
  const actual = typeName(value);
  const wanted = [schema.type].flat().filter((type) => type !== 'null');
  return [{ field, type: 'typeInvalid', value: actual, detail: `${field} in body must be of type ${wanted}: ${JSON.stringify(actual)}` }];
}

function wrongFormat({ value, field, limit }: Context): FieldError[] {
  if (typeof value === 'number') return [outOfRange(field, String(limit))];
  return [{ field, type: 'typeInvalid', value, detail: `${field} in body must be of type ${limit}: ${JSON.stringify(value)}` }];
}

/** Kubernetes' message of this has no field. */
function outOfRange(field: string, format: string): FieldError {
  const kind = Object.hasOwn(RANGES, format) ? `integer with format ${format}` : 'integer (default format)';
  return { field: '<nil>', type: 'invalid', value: '', detail: `Checked value must be of type ${kind} in ${field}` };
}

function notSupported({ value, field, schema, limit }: Context): FieldError[] {
  if (value === null && schema[NULLABLE] === true) return [];
  const supported = (limit as unknown[]).map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  return [{ field, type: 'notSupported', value, detail: '', supported }];
}

function embedded({ field, value }: Context): FieldError[] {
  return embeddedFaults(value as JsonObject).map((fault) => ({ ...fault, field: [field, fault.field].filter(Boolean).join('.') }));
}

function duplicates({ value, path, limit, schema }: Context): FieldError[] {
  return duplicatesIn(value as unknown[], String(limit), schema[LIST_KEYS] as string[]).map(({ at, identity }) => ({
    field: textOf(child(path, at)),
    type: 'duplicate',
    value: identity,
    detail: '',
  }));
}
