/**
 * What became of an object: the fields that a second state added, changed and removed (typed/compare.go). A walk over both states at once
 * that makes nothing where they are the same, since most of what is written is the same as before.
 */
import type { Json } from '../../types/kinds/kind.ts';
import { equal } from '../patch/value.ts';
import { EMPTY_SET, type FieldSet, SetBuilder } from './field-set.ts';
import { elementOf, elementsOf } from './list-element.ts';
import { fieldElement } from './path-element.ts';
import { isMap, type ListType, type MapType, type Shape, shapeOf, type Type } from './type.ts';

/** No field is in two of the sets. */
export interface Comparison {
  added: FieldSet;
  modified: FieldSet;
  removed: FieldSet;
}

/** Fields at one level that are not compared, with what is to be passed over below those that are. */
export interface Skip {
  [field: string]: true | Skip;
}

type Value = Json | undefined;

export function compare(type: Type, before: Value, after: Value, skip?: Skip): Comparison {
  const walk = new Walk();
  walk.compare(type, before, after, skip);
  return walk.finish();
}

class Walk {
  // Made when there is something to put in.
  #added: SetBuilder | undefined;
  #modified: SetBuilder | undefined;
  #removed: SetBuilder | undefined;
  readonly #path: string[] = [];

  finish(): Comparison {
    return {
      added: this.#added?.finish() ?? EMPTY_SET,
      modified: this.#modified?.finish() ?? EMPTY_SET,
      removed: this.#removed?.finish() ?? EMPTY_SET,
    };
  }

  /** At least one of the values is there. */
  compare(type: Type, before: Value, after: Value, skip?: Skip): void {
    if (before === after) return;
    const left = shapeOf(type, before);
    const right = shapeOf(type, after);
    let leaf: boolean;
    if (after === undefined) leaf = this.#as(left, type, before, after, skip);
    else if (before === undefined || left === right) leaf = this.#as(right, type, before, after, skip);
    else {
      // A value that changed its shape: what it was is gone, what it is has come.
      this.#as(left, type, before, after, skip);
      leaf = this.#as(right, type, before, after, skip);
    }
    if (!leaf) this.#comeOrGone(before, after);
  }

  /** Whether the value was taken as a whole. */
  #as(shape: Shape, type: Type, before: Value, after: Value, skip?: Skip): boolean {
    if (shape === 'map') return this.#map(type.map as MapType, before, after, skip);
    if (shape === 'list') return this.#list(type.list as ListType, before, after);
    this.#whole(before, after);
    return true;
  }

  #map(map: MapType, before: Value, after: Value, skip?: Skip): boolean {
    const left = isMap(before) ? before : NOTHING;
    const right = isMap(after) ? after : NOTHING;
    if (map.atomic || (isEmpty(left) && isEmpty(right))) {
      this.#whole(before, after);
      return true;
    }
    for (const key in left) this.#field(map, key, left[key], Object.hasOwn(right, key) ? right[key] : undefined, skip);
    for (const key in right) if (!Object.hasOwn(left, key)) this.#field(map, key, undefined, right[key], skip);
    return false;
  }

  #field(map: MapType, key: string, before: Value, after: Value, skip: Skip | undefined): void {
    if (before === after) return;
    const passed = skip?.[key];
    if (passed === true) return;
    const declared = map.field(key);
    const type = declared?.type ?? map.element();
    if (!type) return;
    this.#enter(declared?.element ?? fieldElement(key));
    this.compare(type, before, after, passed);
    this.#leave();
  }

  #list(list: ListType, before: Value, after: Value): boolean {
    const left = Array.isArray(before) ? before : [];
    const right = Array.isArray(after) ? after : [];
    if (list.atomic || (left.length === 0 && right.length === 0)) {
      this.#whole(before, after);
      return true;
    }
    if (equal(left, right)) return false;
    if (aligned(list, left, right)) {
      for (let i = 0; i < left.length; i++) {
        const [l, r] = [left[i] as Json, right[i] as Json];
        if (!equal(l, r)) this.#element(list, elementOf(list, l), [l], [r]);
      }
      return false;
    }
    const lefts = group(list, left);
    const rights = group(list, right);
    for (const [element, items] of lefts) this.#element(list, element, items, rights.get(element) ?? []);
    for (const [element, items] of rights) if (!lefts.has(element)) this.#element(list, element, [], items);
    return false;
  }

  /** `before` and `after` are the items of one element: usually one, several when it is there more than once. */
  #element(list: ListType, element: string, before: Json[], after: Json[]): void {
    this.#enter(element);
    if (before.length <= 1 && after.length <= 1) this.compare(list.element(), before[0], after[0]);
    else if (before.length > 1 && after.length > 1) {
      if (!equal(before, after)) this.#modify();
    } else if (before.length > 1) {
      if (after.length > 0) this.compare(list.element(), undefined, after[0]);
      this.#remove();
    } else {
      if (before.length > 0) this.compare(list.element(), before[0], undefined);
      this.#add();
    }
    this.#leave();
  }

  #whole(before: Value, after: Value): void {
    if (before === undefined || after === undefined) this.#comeOrGone(before, after);
    else if (!equal(before, after)) this.#modify();
  }

  #comeOrGone(before: Value, after: Value): void {
    if (before === undefined) this.#add();
    else if (after === undefined) this.#remove();
  }

  #add(): void {
    this.#added ??= new SetBuilder(this.#path);
    this.#added.add();
  }

  #modify(): void {
    this.#modified ??= new SetBuilder(this.#path);
    this.#modified.add();
  }

  #remove(): void {
    this.#removed ??= new SetBuilder(this.#path);
    this.#removed.add();
  }

  #enter(element: string): void {
    this.#path.push(element);
    this.#added?.enter(element);
    this.#modified?.enter(element);
    this.#removed?.enter(element);
  }

  #leave(): void {
    this.#path.pop();
    this.#added?.leave();
    this.#modified?.leave();
    this.#removed?.leave();
  }
}

const NOTHING: { [key: string]: Json } = Object.freeze({});

function isEmpty(map: object): boolean {
  for (const _ in map) return false;
  return true;
}

/** Longer lists are not looked through for repeated keys one by one. */
const SHORT = 16;

/** Whether two lists have the same elements at the same places, each once: so it is with most that are written again. */
function aligned(list: ListType, left: Json[], right: Json[]): boolean {
  const [key, more] = list.keys;
  if (key === undefined || more !== undefined || left.length !== right.length || left.length > SHORT) return false;
  const seen: string[] = [];
  for (let i = 0; i < left.length; i++) {
    const [l, r] = [left[i] as Json, right[i] as Json];
    if (!isMap(l) || !isMap(r)) return false;
    const value = l[key];
    if (typeof value !== 'string' || value !== r[key] || seen.includes(value)) return false;
    seen.push(value);
  }
  return true;
}

function group(list: ListType, items: Json[]): Map<string, Json[]> {
  const groups = new Map<string, Json[]>();
  elementsOf(list, items).forEach((element, i) => {
    if (element === undefined) return;
    const known = groups.get(element);
    if (known) known.push(items[i] as Json);
    else groups.set(element, [items[i] as Json]);
  });
  return groups;
}
