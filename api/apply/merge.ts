/**
 * Two values merged: what the second says is so, what it does not mention stays. Lists keep the order of the first, unless the second puts
 * what they share in another (typed/merge.go).
 */
import type { Json } from '../../types/kinds/kind.ts';
import { put } from '../patch/value.ts';
import { elementsOf } from './list-element.ts';
import { isMap, type ListType, type MapType, type Shape, shapeOf, type Type, typeOfKey } from './type.ts';

type Value = Json | undefined;

/** The result shares parts with both, and changes neither. Undefined when nothing is left to say (two empty things). */
export function merge(type: Type, live: Value, config: Value): Value {
  const left = shapeOf(type, live);
  const right = shapeOf(type, config);
  return mergeAs(config === undefined ? left : right, type, live, config);
}

function mergeAs(shape: Shape, type: Type, live: Value, config: Value): Value {
  if (shape === 'map') return mergeMaps(type.map as MapType, live, config);
  if (shape === 'list') return mergeLists(type.list as ListType, live, config);
  return whole(live, config);
}

const whole = (live: Value, config: Value): Value => (config === undefined ? live : config);

function mergeMaps(map: MapType, live: Value, config: Value): Value {
  const left = isMap(live) ? live : {};
  const right = isMap(config) ? config : {};
  const leftKeys = Object.keys(left);
  const rightKeys = Object.keys(right);
  if (map.atomic || leftKeys.length + rightKeys.length === 0) return whole(live, config);
  const out: { [key: string]: Json } = {};
  const set = (key: string, value: Value) => {
    if (value !== undefined) put(out, key, value);
  };
  const mergeKey = (key: string, a: Value, b: Value) => {
    const type = typeOfKey(map, key);
    set(key, type ? merge(type, a, b) : whole(a, b));
  };
  for (const key of leftKeys) mergeKey(key, left[key], Object.hasOwn(right, key) ? right[key] : undefined);
  for (const key of rightKeys) if (!Object.hasOwn(left, key)) mergeKey(key, undefined, right[key]);
  return Object.keys(out).length > 0 ? out : undefined;
}

function mergeLists(list: ListType, live: Value, config: Value): Value {
  const left = Array.isArray(live) ? live : [];
  const right = Array.isArray(config) ? config : [];
  if (list.atomic || left.length + right.length === 0) return whole(live, config);
  const out: Json[] = [];
  for (const [a, b] of interleave(indexed(list, left), indexed(list, right))) {
    const merged = merge(list.element(), a, b);
    if (merged !== undefined) out.push(merged);
  }
  return out.length > 0 ? out : undefined;
}

interface Indexed {
  elements: string[];
  items: Json[];
  /** Undefined for elements that are there more than once: those are not merged with anything. */
  by: Map<string, Value>;
}

function indexed(list: ListType, all: Json[]): Indexed {
  const elements: string[] = [];
  const items: Json[] = [];
  const by = new Map<string, Value>();
  elementsOf(list, all).forEach((element, i) => {
    if (element === undefined) return;
    by.set(element, by.has(element) ? undefined : all[i]);
    elements.push(element);
    items.push(all[i] as Json);
  });
  return { elements, items, by };
}

/** Pairs of what is merged with what, in the order of the result. */
function* interleave(live: Indexed, config: Indexed): Generator<[Value, Value]> {
  // What both have, in the order of the second, is what sets the pace.
  const shared = config.elements.filter((element) => live.by.has(element));
  const done = new Set<string>();
  let l = 0;
  let r = 0;
  const take = (element: string): [Value, Value] => {
    done.add(element);
    r++;
    if (shared[0] === element) shared.shift();
    return [live.by.get(element), config.by.get(element)];
  };
  while (l < live.elements.length || r < config.elements.length) {
    const left = live.elements[l];
    const right = config.elements[r];
    if (left !== undefined && right !== undefined) {
      if (left === right) {
        l++;
        yield take(right);
        continue;
      }
      // Shared, but not the one whose turn it is.
      if (config.by.has(left) && shared.length > 0 && shared[0] !== left) {
        l++;
        continue;
      }
    }
    if (left !== undefined) {
      if (!config.by.has(left)) {
        yield [live.items[l], undefined];
        l++;
        continue;
      }
      if (done.has(left)) l++;
    }
    if (right !== undefined) yield take(right);
  }
}
