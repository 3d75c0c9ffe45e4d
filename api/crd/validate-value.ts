/**
 * Checks a value against a custom kind's schema, in the words of kube-apiserver (k8s.io/kube-openapi/pkg/validation/validate and
 * k8s.io/apiextensions-apiserver/pkg/apiserver/validation): `spec.a in body must be of type integer: "string"`.
 */
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { equal } from '../patch/value.ts';
import { checkJunctors } from './junctors.ts';
import { child, type Path, textOf } from './path.ts';
import { isObject, type JsonObject, schemaOf } from './structural.ts';
import { checkNumber, checkString } from './validate-scalar.ts';

/**
 * Adds all faults, in the order in which Kubernetes' validators run: type, junctors, then by the value's own type, enum, members. Where
 * `before` is given, what is as it was before is not found fault with, so that a schema can become stricter (ratcheting).
 */
export function validateValue(value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[], before?: unknown): void {
  if (before !== undefined && equal(value, before)) return;
  checkType(value, schema, path, errors);
  if (value === null) {
    checkEnum(value, schema, path, errors);
    return;
  }
  checkJunctors(value, schema, path, errors, validateValue);
  if (typeof value === 'string') checkString(value, schema, path, errors);
  else if (typeof value === 'number') checkNumber(value, schema, path, errors);
  else if (Array.isArray(value)) checkList(value, schema, path, errors, before);
  checkEnum(value, schema, path, errors);
  if (isObject(value)) checkObject(value, schema, path, errors, before);
}

export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

function checkType(value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  const { type } = schema;
  const either = schema['x-kubernetes-int-or-string'] === true;
  if (value === null && schema.nullable === true) return;
  if (!type && !either) return;
  const actual = typeName(value);
  if (either ? actual === 'integer' || actual === 'string' : actual === type || (type === 'number' && actual === 'integer')) return;
  const field = textOf(path);
  const wanted = either ? 'integer,string' : type;
  errors.push({
    field,
    type: 'typeInvalid',
    value: actual,
    detail: `${field} in body must be of type ${wanted}: ${JSON.stringify(actual)}`,
  });
}

function checkEnum(value: unknown, schema: Schema, path: Path | undefined, errors: FieldError[]): void {
  const allowed = schema.enum;
  if (!allowed || allowed.some((one) => equal(one, value)) || (value === null && schema.nullable === true)) return;
  const supported = allowed.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
  errors.push({ field: textOf(path), type: 'notSupported', value, detail: '', supported });
}

function checkList(list: unknown[], schema: Schema, path: Path | undefined, errors: FieldError[], before: unknown): void {
  const { items } = schema;
  if (items) for (const [i, one] of list.entries()) validateValue(one, items, child(path, i), errors, counterpart(one, schema, before));
  checkCount(list.length, schema.minItems, schema.maxItems, 'items', path, errors);
}

/** The element that this one was before: elements are known again by their keys, in lists that are maps. */
function counterpart(element: unknown, schema: Schema, before: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!Array.isArray(before) || !keys || schema['x-kubernetes-list-type'] !== 'map' || !isObject(element)) return undefined;
  return before.find((old) => isObject(old) && keys.every((key) => equal(old[key], element[key])));
}

function checkObject(object: JsonObject, schema: Schema, path: Path | undefined, errors: FieldError[], before: unknown): void {
  checkCount(Object.keys(object).length, schema.minProperties, schema.maxProperties, 'properties', path, errors);
  for (const key of schema.required ?? []) {
    if (!Object.hasOwn(object, key)) errors.push({ field: textOf(child(path, key)), type: 'required', detail: '' });
  }
  for (const key of Object.keys(object)) {
    const known = schemaOf(schema, key);
    if (known)
      validateValue(object[key], known, child(path, key), errors, isObject(before) && Object.hasOwn(before, key) ? before[key] : undefined);
  }
}

function checkCount(count: number, least: unknown, most: unknown, what: string, path: Path | undefined, errors: FieldError[]): void {
  const field = textOf(path);
  if (typeof least === 'number' && count < least) {
    errors.push({ field, type: 'invalid', value: count, detail: `${field} in body should have at least ${least} ${what}` });
  }
  if (typeof most === 'number' && count > most)
    errors.push({ field, type: 'tooMany', value: count, detail: `must have at most ${most} items` });
}
