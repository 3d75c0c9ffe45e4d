/**
 * Strategic merge patch (k8s.io/apimachinery/pkg/util/strategicpatch): a merge patch that knows from the schema which lists are merged and by
 * which key, and that takes directives.
 */
import type { Schema } from '../../types/kinds/kind.ts';
import {
  applyRetainKeys,
  badDirective,
  badFormat,
  DELETE_FROM,
  ELEMENT_ORDER,
  fault,
  isDirective,
  noMergeKey,
  PATCH,
  plain,
  RETAIN_KEYS,
} from './directives.ts';
import { checkOrder, orderElements } from './element-order.ts';
import { rejected } from './json-patch.ts';
import { patchObject } from './merge-patch.ts';
import { equal, has, isObject, type JsonObject, put } from './value.ts';

/** Changes `document` in place; the result holds parts of neither argument twice. Throws a 400, 422 or 500 `StatusError`. */
export function applyStrategicPatch(document: JsonObject, patch: unknown, schema: Schema): JsonObject {
  return mergeMap(document, patchObject(patch), schema);
}

function mergeMap(target: JsonObject, patch: JsonObject, schema: Schema | undefined): JsonObject {
  if (has(patch, PATCH)) return replaceMap(patch);
  applyRetainKeys(target, patch);
  const done = mergeOrderedLists(target, patch, schema);
  for (const key of Object.keys(patch)) {
    if (done.has(key) || key === RETAIN_KEYS || key.startsWith(ELEMENT_ORDER)) continue;
    if (key.startsWith(DELETE_FROM)) deleteFrom(target, key.slice(DELETE_FROM.length), patch[key]);
    else mergeField(target, key, patch[key], fieldSchema(schema, key));
  }
  return target;
}

function replaceMap(patch: JsonObject): JsonObject {
  if (patch[PATCH] === 'delete') return {};
  if (patch[PATCH] === 'replace') return plain(patch) as JsonObject;
  throw badDirective(patch[PATCH], patch);
}

function fieldSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const own = schema?.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
  return own ?? (typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined);
}

function mergeField(target: JsonObject, key: string, value: unknown, schema: Schema | undefined): void {
  if (value === null) {
    delete target[key];
    return;
  }
  const before = has(target, key) ? target[key] : undefined;
  if (isObject(before) && isObject(value))
    put(target, key, strategyOf(schema) === 'replace' ? plain(value) : mergeMap(before, value, schema));
  else if (Array.isArray(before) && Array.isArray(value)) put(target, key, mergeList(before, value, schema));
  else put(target, key, plain(value));
}

/** `merge`, `replace` or none; retainKeys beside it allows a directive, and says nothing about merging. */
function strategyOf(schema: Schema | undefined): string | undefined {
  return schema?.['x-kubernetes-patch-strategy']?.split(',').find((one) => one !== 'retainKeys');
}

function mergeList(before: unknown[], patch: unknown[], schema: Schema | undefined): unknown[] {
  if (strategyOf(schema) !== 'merge') return plain(patch) as unknown[];
  if (before.length === 0 && patch.length === 0) return before;
  if ([...before, ...patch].every(isObject)) {
    const mergeKey = schema?.['x-kubernetes-patch-merge-key'];
    if (!mergeKey) throw fault(`cannot merge lists without merge key for ${schema?.items?.id ?? 'list'}`);
    return mergeObjects(before as JsonObject[], patch as JsonObject[], mergeKey, schema?.items);
  }
  // A list of lists, or one of objects and primitives.
  if ([...before, ...patch].some((one) => typeof one === 'object')) throw rejected();
  return orderElements([...new Set([...before, ...patch])], patch, before, undefined);
}

function mergeObjects(before: JsonObject[], patch: JsonObject[], mergeKey: string, schema: Schema | undefined): unknown[] {
  const { kept, merges, replaces } = sortDirectives(before, patch, mergeKey);
  if (replaces) return merges.map(plain);
  const merged = [...kept];
  for (const element of merges) {
    if (!has(element, mergeKey)) throw noMergeKey(element, mergeKey);
    const at = merged.findIndex((one) => has(one, mergeKey) && equal(one[mergeKey], element[mergeKey]));
    const found = merged[at];
    if (found) merged[at] = mergeMap(found, element, schema);
    else merged.push(plain(element) as JsonObject);
  }
  return orderElements(merged, merges, before, mergeKey);
}

interface Sorted {
  /** Of the object's elements, those that the patch does not delete. */
  kept: JsonObject[];
  /** Of the patch's elements, those without directive. */
  merges: JsonObject[];
  replaces: boolean;
}

function sortDirectives(before: JsonObject[], patch: JsonObject[], mergeKey: string): Sorted {
  const sorted: Sorted = { kept: before, merges: [], replaces: false };
  for (const element of patch) {
    const directive = has(element, PATCH) ? element[PATCH] : undefined;
    if (directive === undefined) sorted.merges.push(element);
    else if (directive === 'replace') sorted.replaces = true;
    else if (directive === 'merge') throw fault('merging lists cannot yet be specified in the patch');
    else if (directive !== 'delete') throw badDirective(directive, element);
    else if (!has(element, mergeKey)) throw noMergeKey(element, mergeKey);
    else sorted.kept = sorted.kept.filter((one) => !equal(one[mergeKey], element[mergeKey]));
  }
  return sorted;
}

function deleteFrom(target: JsonObject, key: string, values: unknown): void {
  if (!Array.isArray(values)) throw badFormat('primitive list');
  const before = has(target, key) ? target[key] : undefined;
  if (Array.isArray(before)) {
    put(
      target,
      key,
      before.filter((one) => !values.includes(one)),
    );
  }
}

/** Lists whose order the patch gives are merged with it at once. Returns the keys that are done. */
function mergeOrderedLists(target: JsonObject, patch: JsonObject, schema: Schema | undefined): Set<string> {
  const done = new Set<string>();
  for (const directive of Object.keys(patch)) {
    if (!directive.startsWith(ELEMENT_ORDER)) continue;
    const key = directive.slice(ELEMENT_ORDER.length);
    const order = patch[directive];
    if (!Array.isArray(order) || isDirective(key)) throw badFormat(ELEMENT_ORDER.slice(0, -1));
    const before = has(target, key) ? target[key] : undefined;
    const changes = has(patch, key) ? patch[key] : undefined;
    if (changes === null || (!Array.isArray(before) && !Array.isArray(changes))) continue;
    put(target, key, mergeOrdered(before, changes, order, fieldSchema(schema, key)));
    done.add(key);
  }
  return done;
}

function mergeOrdered(before: unknown, changes: unknown, order: unknown[], schema: Schema | undefined): unknown[] {
  const old = Array.isArray(before) ? before : [];
  const mergeKey = schema?.['x-kubernetes-patch-merge-key'];
  if (changes !== undefined) {
    if (!Array.isArray(changes)) throw badFormat(ELEMENT_ORDER.slice(0, -1));
    checkOrder(changes, order, mergeKey);
  }
  const present = Array.isArray(changes) ? mergeList([...old], changes, schema) : old;
  return orderElements(present, order, old, mergeKey);
}
