import type { Schema } from '../../types/kinds/kind.ts';
import { equal } from '../patch/value.ts';
import { isObject, schemaOf } from './structural.ts';

/**
 * Whether a part of a value, or something that it is in, is as it was before (k8s.io/apiextensions-apiserver/pkg/apiserver/validation:
 * ratcheting.go). `parts`: the way to it.
 */
export function stood(parts: string[], value: unknown, before: unknown, schema: Schema | undefined): boolean {
  if (before === undefined) return false;
  if (equal(value, before)) return true;
  const [part, ...rest] = parts;
  if (part === undefined) return false;
  if (Array.isArray(value)) {
    const element: unknown = value[Number(part)];
    return stood(rest, element, counterpart(element, schema, before), schema?.items);
  }
  const known = isObject(before) && Object.hasOwn(before, part);
  return isObject(value) && known && stood(rest, value[part], before[part], schema && schemaOf(schema, part));
}

/** The element that this one was before: elements are known again by their keys, in lists that are maps. */
function counterpart(element: unknown, schema: Schema | undefined, before: unknown): unknown {
  const keys = schema?.['x-kubernetes-list-map-keys'];
  if (!Array.isArray(before) || !keys || schema?.['x-kubernetes-list-type'] !== 'map' || !isObject(element)) return undefined;
  return before.find((old) => isObject(old) && keys.every((key) => equal(old[key], element[key])));
}
