/**
 * Sets of fields, in the very shape of `fieldsV1`: a tree of objects whose keys are path elements. A node without keys is a field that is in
 * the set; one with keys is in it too when it has the key `.`. The root stands for the whole object, which nobody owns. Being the wire form,
 * a set that was stored needs no decoding, and one that did not change no encoding. Sets are never changed in place; an operation that
 * changes nothing returns its first operand itself, so `===` tells. Keys are kept in Kubernetes' order
 * (sigs.k8s.io/structured-merge-diff: fieldpath/set.go, serialize.go).
 */
import { compareElements, parseElement, showElement } from './path-element.ts';

export interface FieldSet {
  readonly [element: string]: FieldSet;
}

/** A set under construction. */
type Node = Record<string, FieldSet>;

export const SELF = '.';
const LEAF: FieldSet = Object.freeze({});
export const EMPTY_SET: FieldSet = LEAF;

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

/** Whether the field that `node` stands for is in the set (and not only fields below it). */
export function isMember(node: FieldSet): boolean {
  return SELF in node || isEmptySet(node);
}

/** A node of a field that is itself in the set or not, with what lies below. Undefined when nothing is. */
function nodeOf(member: boolean, below: Node): FieldSet | undefined {
  if (isEmptySet(below)) return member ? LEAF : undefined;
  return member ? { [SELF]: LEAF, ...below } : below;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  return joinBelow(a, b, false);
}

/** `member`: what both nodes stand for is in the result. */
function joinBelow(a: FieldSet, b: FieldSet, member: boolean): FieldSet {
  let out: Node | undefined = member && !(SELF in a) ? { [SELF]: LEAF, ...a } : undefined;
  let added = false;
  for (const key in b) {
    if (key === SELF) continue;
    const other = b[key] as FieldSet;
    const own = a[key];
    const joined = own ? joinNodes(own, other) : other;
    if (joined === own) continue;
    out ??= { ...a };
    if (!own) added = true;
    out[key] = joined;
  }
  if (!out) return a;
  return added ? sortKeys(out) : out;
}

function joinNodes(a: FieldSet, b: FieldSet): FieldSet {
  const member = isMember(a) || isMember(b);
  if (isEmptySet(b)) return SELF in a || isEmptySet(a) ? a : { [SELF]: LEAF, ...a };
  if (isEmptySet(a)) return member && !(SELF in b) ? { [SELF]: LEAF, ...b } : b;
  return joinBelow(a, b, member);
}

/** What is in both. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const out: Node = {};
  for (const key in a) {
    if (key === SELF) continue;
    const other = b[key];
    if (!other) continue;
    const own = a[key] as FieldSet;
    const node = nodeOf(isMember(own) && isMember(other), intersection(own, other) as Node);
    if (node) out[key] = node;
  }
  return out;
}

/** What is in `a` and not in `b`; what lies below a field of `b` stays. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => subtract(a, b, false);

/** What is in `a` and neither in `b` nor below a field of `b`. */
export const recursiveDifference = (a: FieldSet, b: FieldSet): FieldSet => subtract(a, b, true);

function subtract(a: FieldSet, b: FieldSet, recursive: boolean): FieldSet {
  let out: Node | undefined;
  for (const key in b) {
    if (key === SELF) continue;
    const own = a[key];
    if (!own) continue;
    const left = subtractNode(own, b[key] as FieldSet, recursive);
    if (left === own) continue;
    out ??= { ...a };
    if (left) out[key] = left;
    else delete out[key];
  }
  return out ?? a;
}

function subtractNode(own: FieldSet, other: FieldSet, recursive: boolean): FieldSet | undefined {
  const dropped = isMember(other);
  if (dropped && recursive) return undefined;
  const below = isEmptySet(other) ? own : subtract(own, other, recursive);
  const wasMember = isMember(own);
  if (!wasMember) return isEmptySet(below) ? undefined : below;
  if (!dropped && below === own) return own;
  const { [SELF]: _, ...rest } = below;
  return nodeOf(!dropped, rest);
}

/** Whether the field at `path` is in the set. The whole object never is. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) {
    node = node[element];
    if (!node) return false;
  }
  return path.length > 0 && isMember(node);
}

/** The set of these paths. */
export function setOf(...paths: (readonly string[])[]): FieldSet {
  const builder = new SetBuilder();
  for (const path of paths) {
    for (const element of path) builder.enter(element);
    builder.add();
    for (const _ of path) builder.leave();
  }
  return builder.finish();
}

/** The paths of a set, each field before what lies below the fields beside it (the order in which conflicts are told). */
export function pathsOf(set: FieldSet, above: readonly string[] = []): string[][] {
  const paths: string[][] = [];
  for (const key in set) if (key !== SELF && isMember(set[key] as FieldSet)) paths.push([...above, key]);
  for (const key in set) if (key !== SELF) paths.push(...pathsOf(set[key] as FieldSet, [...above, key]));
  return paths;
}

/** `.spec.containers[name="a"].image` */
export const showPath = (path: readonly string[]): string => path.map(showElement).join('');

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true;
  let count = 0;
  for (const key in a) {
    const other = b[key];
    if (!other || !equalSets(a[key] as FieldSet, other)) return false;
    count++;
  }
  for (const _ in b) count--;
  return count === 0;
}

/**
 * Builds a set along a walk: `enter` and `leave` follow it down and up, `add` takes the field where the walk is. Nodes are made only for
 * what is added, so that a walk which finds nothing costs nothing.
 */
export class SetBuilder {
  readonly #path: string[];
  readonly #nodes: (Node | undefined)[] = [{}];

  /** `path`: where the walk is already. */
  constructor(path: readonly string[] = []) {
    this.#path = [...path];
    for (const _ of path) this.#nodes.push(undefined);
  }

  enter(element: string): void {
    this.#path.push(element);
    this.#nodes.push(undefined);
  }

  leave(): void {
    this.#path.pop();
    this.#nodes.pop();
  }

  /** Nothing happens at the root. */
  add(): void {
    const depth = this.#path.length;
    if (depth === 0) return;
    const known = this.#nodes[depth];
    if (known) {
      known[SELF] = LEAF;
      return;
    }
    const above = this.#node(depth - 1);
    const element = this.#path[depth - 1] as string;
    const node = above[element] as Node | undefined;
    if (node && node !== LEAF) node[SELF] = LEAF;
    else above[element] = LEAF;
  }

  #node(depth: number): Node {
    const known = this.#nodes[depth];
    if (known) return known;
    const above = this.#node(depth - 1);
    const element = this.#path[depth - 1] as string;
    // The walk may have been here before (a value that changed its shape).
    let node = above[element] as Node | undefined;
    if (!node || node === LEAF) {
      node = node ? { [SELF]: LEAF } : {};
      above[element] = node;
    }
    this.#nodes[depth] = node;
    return node;
  }

  finish(): FieldSet {
    return sortDeep(this.#nodes[0] as Node);
  }
}

function sortDeep(node: Node): FieldSet {
  for (const key in node) {
    const child = node[key] as Node;
    if (child !== LEAF) node[key] = sortDeep(child);
  }
  return sortKeys(node);
}

/** The node itself when its keys are in order. */
function sortKeys(node: Node): FieldSet {
  let last = '';
  let sorted = true;
  for (const key in node) {
    if (last !== '' && compareElements(last, key) > 0) {
      sorted = false;
      break;
    }
    last = key;
  }
  if (sorted) return node;
  const keys = Object.keys(node);
  const out: Node = {};
  // Among names alone, the order of texts is the right one.
  for (const key of keys.every(isName) ? keys.sort() : keys.sort(compareElements)) out[key] = node[key] as FieldSet;
  return out;
}

const isName = (element: string) => element === SELF || element.charCodeAt(0) === 102;

/**
 * A set as a client wrote it. Elements of an unknown sort are passed over with all below them, as a later version may know them. Throws
 * where it can't be read.
 */
export function parseSet(value: unknown): FieldSet {
  const { below } = parseNode(value);
  return below;
}

function parseNode(value: unknown): { member: boolean; below: FieldSet } {
  if (typeof value !== 'object' || Array.isArray(value)) throw new Error('expect { or n');
  const out: Node = {};
  let member = false;
  for (const [key, child] of Object.entries(value ?? {})) {
    if (key === SELF) {
      member = true;
      continue;
    }
    const element = parseElement(key);
    if (element === undefined) continue;
    const parsed = parseNode(child);
    const node = nodeOf(parsed.member, parsed.below as Node);
    if (node) out[element] = out[element] ? joinNodes(out[element], node) : node;
  }
  const below = sortKeys(out);
  return { member: member || isEmptySet(below), below };
}
