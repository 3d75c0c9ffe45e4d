/** RFC 7386: an object's members are merged, null takes one away, anything else replaces what is there. */
import { badRequest } from '../errors.ts';
import { typeName } from './json-patch.ts';
import { copy, has, isObject, type JsonObject, put } from './value.ts';

/** Changes `document` in place. Throws a 400 `StatusError` for a patch that is not an object. */
export function applyMergePatch(document: JsonObject, patch: unknown): JsonObject {
  return mergeInto(document, patchObject(patch));
}

/** `patch` as an object, or a 400 in kube-apiserver's words. */
export function patchObject(patch: unknown): JsonObject {
  if (patch === null) throw badRequest('Invalid JSON Patch');
  if (isObject(patch)) return patch;
  throw badRequest(`error decoding patch: json: cannot unmarshal ${typeName(patch)} into Go value of type map[string]interface {}`);
}

function mergeInto(target: JsonObject, patch: JsonObject): JsonObject {
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    const before = has(target, key) ? target[key] : undefined;
    if (value === null) delete target[key];
    else if (isObject(before) && isObject(value)) mergeInto(before, value);
    else put(target, key, isObject(before) ? copy(value) : withoutNulls(value));
  }
  return target;
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNulls);
  if (!isObject(value)) return value;
  const made: JsonObject = {};
  for (const key of Object.keys(value)) if (value[key] !== null) put(made, key, withoutNulls(value[key]));
  return made;
}
