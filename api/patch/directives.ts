/** The words of strategic merge patches that speak about the patch itself (k8s.io/apimachinery/pkg/util/strategicpatch). */
import { badRequest, failure, type StatusError } from '../errors.ts';
import { goText, has, isObject, type JsonObject, put } from './value.ts';

export const PATCH = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM = '$deleteFromPrimitiveList/';
export const ELEMENT_ORDER = '$setElementOrder/';

/** kube-apiserver answers most faults of such a patch with a 500 of this text and no reason. */
export const fault = (message: string): StatusError => failure(500, undefined, message);

export const badDirective = (type: unknown, map: JsonObject) => fault(`unknown patch type: ${goText(type)} in map: ${goText(map)}`);

export const noMergeKey = (map: unknown, key: string) => fault(`map: ${goText(map)} does not contain declared merge key: ${key}`);

export const badFormat = (what: string) => badRequest(`invalid patch format of ${what}`);

/** A part of the patch as it becomes part of the object, where the object has nothing in its place: no directives, no nulls. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => !isObject(one) || !has(one, PATCH)).map(plain);
  if (!isObject(value)) return value;
  const made: JsonObject = {};
  for (const key of Object.keys(value)) {
    if (value[key] === null || isDirective(key)) continue;
    put(made, key, plain(value[key]));
  }
  return made;
}

export const isDirective = (key: string) =>
  key === PATCH || key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER);

/** Takes away the members of `target` that the patch does not retain. */
export function applyRetainKeys(target: JsonObject, patch: JsonObject): void {
  if (!has(patch, RETAIN_KEYS)) return;
  const keep = patch[RETAIN_KEYS];
  if (!Array.isArray(keep)) throw badFormat(RETAIN_KEYS);
  const strays = Object.keys(patch).filter((key) => !isDirective(key) && patch[key] !== null && !keep.includes(key));
  if (strays.length > 0) throw badFormat(RETAIN_KEYS);
  for (const key of Object.keys(target)) if (!keep.includes(key)) delete target[key];
}
