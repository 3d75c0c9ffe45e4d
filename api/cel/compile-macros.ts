/** Macros that go through lists and maps, and those that name a value. */
import { CelError, noSuchOverload } from './fault.ts';
import { type Frame, type Run, type Slots, withSlot } from './run.ts';
import type { Bind, Comprehension, Node } from './syntax.ts';
import { List, Mapping, NONE, Optional, type Value, ValueList, ValueMap } from './value.ts';

type Inner = (child: Node, slots: Slots) => Run;

export function compileComprehension(node: Comprehension, outer: Slots | undefined, inner: Inner): Run {
  const [first = '', second] = node.variables;
  const one = withSlot(outer, first);
  const slots = second === undefined ? one : withSlot(one, second);
  const body = inner(node.body, slots);
  const filter = node.filter && inner(node.filter, slots);
  const over = inner(node.over, outer as Slots);
  const each = eachOf(over, one.slot, second !== undefined);
  const finish = FOLDS[node.fold];
  return (frame) => finish(frame, each(frame, filter), body);
}

/** Puts each element into its slots, and gives what one-variable macros are about. */
type Steps = Iterable<{ key: Value; value: Value }>;

function eachOf(over: Run, slot: number, two: boolean) {
  return function* (frame: Frame, filter: Run | undefined): Steps {
    const range = over(frame);
    if (!(range instanceof List) && !(range instanceof Mapping)) throw noSuchOverload();
    for (const step of range instanceof List ? elements(range, two) : entries(range, two)) {
      frame.charge(1);
      frame.locals[slot] = two ? step.key : step.value;
      if (two) frame.locals[slot + 1] = step.value;
      if (!filter || truth(filter(frame))) yield step;
    }
  };
}

function* elements(list: List, two: boolean): Steps {
  for (let i = 0; i < list.size; i++) yield { key: two ? BigInt(i) : null, value: list.at(i) };
}

/** With one variable, that is the key. */
function* entries(map: Mapping, two: boolean): Steps {
  for (const key of map.keys()) yield { key, value: two ? (map.get(key) ?? null) : key };
}

function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw noSuchOverload();
  return value;
}

const FOLDS: Record<Comprehension['fold'], (frame: Frame, steps: Steps, body: Run) => Value> = {
  all: (frame, steps, body) => decided(frame, steps, body, false),
  exists: (frame, steps, body) => decided(frame, steps, body, true),
  exists_one: (frame, steps, body) => {
    let count = 0;
    for (const _ of steps) if (truth(body(frame))) count++;
    return count === 1;
  },
  map: collected,
  transformList: collected,
  filter: (frame, steps, body) => {
    const values: Value[] = [];
    for (const { value } of steps) if (truth(body(frame))) values.push(value);
    return new ValueList(values);
  },
  transformMap: (frame, steps, body) => {
    const pairs: [Value, Value][] = [];
    for (const { key } of steps) pairs.push([key, body(frame)]);
    return new ValueMap(pairs);
  },
  transformMapEntry: (frame, steps, body) => {
    const pairs: [Value, Value][] = [];
    for (const _ of steps) {
      const made = body(frame);
      if (!(made instanceof Mapping)) throw noSuchOverload();
      for (const key of made.keys()) {
        if (pairs.some(([known]) => known === key)) throw new CelError(`insert failed: key ${String(key)} already exists`);
        pairs.push([key, made.get(key) ?? null]);
      }
    }
    return new ValueMap(pairs);
  },
};

function collected(frame: Frame, steps: Steps, body: Run): Value {
  const values: Value[] = [];
  for (const _ of steps) values.push(body(frame));
  return new ValueList(values);
}

/** One element that decides makes up for the others' failures. */
function decided(frame: Frame, steps: Steps, body: Run, decisive: boolean): boolean {
  let failure: CelError | undefined;
  for (const _ of steps) {
    try {
      if (truth(body(frame)) === decisive) return decisive;
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return !decisive;
}

export function compileBind(node: Bind, outer: Slots | undefined, inner: Inner): Run {
  const slots = withSlot(outer, node.name);
  const value = inner(node.value, outer as Slots);
  const body = inner(node.body, slots);
  if (!node.optional) {
    return (frame) => {
      frame.locals[slots.slot] = value(frame);
      return body(frame);
    };
  }
  const wraps = node.optional === 'map';
  return (frame) => {
    const given = value(frame);
    if (!(given instanceof Optional)) throw noSuchOverload();
    if (given.value === undefined) return NONE;
    frame.locals[slots.slot] = given.value;
    const result = body(frame);
    return wraps ? new Optional(result) : result;
  };
}
