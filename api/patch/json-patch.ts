/**
 * RFC 6902, as the library that kube-apiserver uses reads it (evanphx/json-patch 4): `replace` of a missing member adds it, negative
 * positions count from the end of a list.
 */
import { badRequest, failure, type StatusError, tooLarge } from '../errors.ts';
import { copy, equal, getOwn, has, isObject, type JsonObject, put } from './value.ts';

/** Limits of kube-apiserver: a small patch must not grow into a huge object. */
const MAX_OPERATIONS = 10_000;
const MAX_COPIED_BYTES = 3 * 1024 * 1024;

interface Operation {
  op?: unknown;
  path?: unknown;
  from?: unknown;
  value?: unknown;
}

type Container = JsonObject | unknown[];

/** Any operation that fails makes the whole patch fail, with one answer for all. */
export const rejected = (): StatusError => failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/** Changes `document` in place and returns it, or what it was replaced by. Throws a 400, 413 or 422 `StatusError`. */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  const state = { root: document, copied: 0 };
  for (const operation of operationsOf(patch)) applyOperation(state, operation);
  return state.root;
}

function operationsOf(patch: unknown): Operation[] {
  if (!Array.isArray(patch)) throw badRequest(`json: cannot unmarshal ${typeName(patch)} into Go value of type jsonpatch.Patch`);
  if (patch.length > MAX_OPERATIONS) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`);
  }
  for (const operation of patch) {
    if (!isObject(operation)) throw badRequest(`json: cannot unmarshal ${typeName(operation)} into Go value of type jsonpatch.Operation`);
  }
  return patch;
}

export function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

interface State {
  root: unknown;
  copied: number;
}

function applyOperation(state: State, operation: Operation): void {
  const path = pointer(operation.path);
  switch (operation.op) {
    case 'add':
      add(state, path, copy(operand(operation)));
      return;
    case 'remove':
      remove(state, path);
      return;
    case 'replace':
      replace(state, path, copy(operand(operation)));
      return;
    case 'move': {
      const from = pointer(operation.from);
      const value = read(state, from);
      remove(state, from);
      add(state, path, value);
      return;
    }
    case 'copy': {
      const value = read(state, pointer(operation.from));
      state.copied += JSON.stringify(value ?? null).length;
      if (state.copied > MAX_COPIED_BYTES) throw rejected();
      add(state, path, copy(value));
      return;
    }
    case 'test':
      if (!equal(readOrNull(state, path), operand(operation))) throw rejected();
      return;
    default:
      throw rejected();
  }
}

const operand = (operation: Operation) => (operation.value === undefined ? null : operation.value);

/** The parts of a JSON pointer (RFC 6901). */
function pointer(path: unknown): string[] {
  if (typeof path !== 'string') throw rejected();
  return path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What holds the last part of the path. */
function containerOf(state: State, path: string[]): { container: Container; key: string } {
  const key = path.at(-1);
  if (key === undefined) throw rejected();
  let value: unknown = state.root;
  for (const part of path.slice(0, -1)) value = Array.isArray(value) ? value[position(value, part)] : getOwn(asObject(value), part);
  if (Array.isArray(value)) return { container: value, key };
  return { container: asObject(value), key };
}

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw rejected();
  return value;
}

/** The place of an existing element. */
function position(list: unknown[], part: string): number {
  const at = toIndex(part, list.length);
  if (at >= list.length) throw rejected();
  return at;
}

function toIndex(part: string, length: number): number {
  if (!/^[+-]?\d+$/.test(part)) throw rejected();
  const given = Number(part);
  const at = given < 0 ? given + length : given;
  if (at < 0) throw rejected();
  return at;
}

function add(state: State, path: string[], value: unknown): void {
  const { container, key } = containerOf(state, path);
  if (!Array.isArray(container)) {
    put(container, key, value);
    return;
  }
  const at = key === '-' ? container.length : toIndex(key, container.length + 1);
  if (at > container.length) throw rejected();
  container.splice(at, 0, value);
}

function remove(state: State, path: string[]): void {
  const { container, key } = containerOf(state, path);
  if (Array.isArray(container)) {
    container.splice(position(container, key), 1);
    return;
  }
  if (!has(container, key)) throw rejected();
  delete container[key];
}

function replace(state: State, path: string[], value: unknown): void {
  if (path.length === 0) {
    state.root = value;
    return;
  }
  const { container, key } = containerOf(state, path);
  if (Array.isArray(container)) container[position(container, key)] = value;
  else put(container, key, value);
}

function read(state: State, path: string[]): unknown {
  const { container, key } = containerOf(state, path);
  if (Array.isArray(container)) return container[position(container, key)];
  if (!has(container, key)) throw rejected();
  return container[key];
}

/** For `test`: a missing member equals null. */
function readOrNull(state: State, path: string[]): unknown {
  if (path.length === 0) return state.root;
  const { container, key } = containerOf(state, path);
  return (Array.isArray(container) ? container[position(container, key)] : getOwn(container, key)) ?? null;
}
