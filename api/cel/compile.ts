/** Tree to closures: an expression is walked once, and then only runs. */
import { qualifiedName, spacedName, TYPE_NAMES } from './checker.ts';
import { compileBind, compileComprehension } from './compile-macros.ts';
import { compareValues, contains, equalValues } from './equal.ts';
import { CelError, noSuchKey, noSuchOverload } from './fault.ts';
import type { Overload } from './function.ts';
import { type Run, type Slots, slotOf } from './run.ts';
import type { Call, ListLiteral, MapLiteral, Node, Select, StructLiteral } from './syntax.ts';
import type { CelType } from './type.ts';
import { isOfType, JsonMap, List, Mapping, NONE, Optional, TypeValue, toJson, Uint, type Value, ValueList, ValueMap } from './value.ts';

export interface Linked {
  variables: ReadonlyMap<string, CelType>;
  functions: ReadonlyMap<string, readonly Overload[]>;
  structs: (name: string) => CelType | undefined;
}

/** cel-go's costs of making things. */
const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;

export function compile(node: Node, linked: Linked, slots: Slots | undefined = undefined): Run {
  const inner = (child: Node, more = slots) => compile(child, linked, more);
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return compileName(node.name, slots);
    case 'select': {
      const qualified = qualifiedName(node);
      const local = node.of.kind === 'name' && slotOf(slots, node.of.name) !== undefined;
      if (qualified && !local && linked.variables.has(qualified)) return compileName(qualified, undefined);
      return compileSelect(node, inner(node.of));
    }
    case 'call':
      return compileCall(node, linked, inner);
    case 'list':
      return compileList(node, inner);
    case 'map':
      return compileMap(node, inner);
    case 'struct':
      return compileStruct(node, linked, inner);
    case 'comprehension':
      return compileComprehension(node, slots, inner);
    case 'bind':
      return compileBind(node, slots, inner);
  }
}

type Inner = (child: Node) => Run;

function compileName(name: string, slots: Slots | undefined): Run {
  const slot = slotOf(slots, name);
  if (slot !== undefined) {
    return (frame) => {
      frame.charge(1);
      return frame.locals[slot] as Value;
    };
  }
  const type = Object.hasOwn(TYPE_NAMES, name) ? new TypeValue(TYPE_NAMES[name] as string) : undefined;
  return (frame) => {
    frame.charge(1);
    const value = frame.read(name);
    if (value !== undefined) return value;
    if (type) return type;
    throw new CelError(`no such attribute(s): ${name}`);
  };
}

function compileSelect({ field, test, optional }: Select, of: Run): Run {
  if (test) {
    return (frame) => {
      frame.charge(1);
      const from = of(frame);
      const target = from instanceof Optional ? from.value : from;
      return target instanceof Mapping && target.has(field);
    };
  }
  return (frame) => {
    frame.charge(1);
    const from = of(frame);
    if (from instanceof Mapping) {
      const value = from.get(field);
      if (optional) return value === undefined ? NONE : new Optional(value);
      if (value === undefined) throw noSuchKey(field);
      return value;
    }
    if (!(from instanceof Optional)) throw noSuchKey(field);
    return lookUp(from.value, field);
  };
}

/** What an optional's value has under a key, as an optional. */
function lookUp(from: Value | undefined, key: Value): Optional {
  if (from instanceof Mapping) {
    const value = from.get(key);
    return value === undefined ? NONE : new Optional(value);
  }
  const index = from instanceof List ? indexOf(key) : undefined;
  return from instanceof List && index !== undefined && index >= 0 && index < from.size ? new Optional(from.at(index)) : NONE;
}

function indexOf(key: Value): number | undefined {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof Uint) return Number(key.value);
  return typeof key === 'number' && Number.isInteger(key) ? key : undefined;
}

function compileCall(node: Call, linked: Linked, inner: Inner): Run {
  const spaced = spacedName(node);
  if (spaced && linked.functions.has(spaced))
    return dispatch(
      linked.functions.get(spaced) ?? [],
      false,
      node.args.map((arg) => inner(arg)),
    );
  if (!node.target) {
    const operator = OPERATORS[node.name];
    if (operator) return operator(...(node.args.map((arg) => inner(arg)) as [Run, Run, Run]));
  }
  const args = [...(node.target ? [node.target] : []), ...node.args].map((arg) => inner(arg));
  return dispatch(linked.functions.get(node.name) ?? [], node.target !== undefined, args);
}

/** The first overload that takes the values. */
function dispatch(overloads: readonly Overload[], member: boolean, args: Run[]): Run {
  const candidates = overloads.filter((one) => one.member === member && one.args.length === args.length);
  return (frame) => {
    frame.charge(1);
    const values = args.map((arg) => arg(frame));
    for (const candidate of candidates) {
      if (candidate.args.every((type, i) => isOfType(values[i] as Value, type))) return candidate.call(values, frame.charge);
    }
    throw noSuchOverload();
  };
}

type Operator = (a: Run, b: Run, c: Run) => Run;

const compared =
  (holds: (order: number) => boolean): Operator =>
  (a, b) =>
  (frame) => {
    frame.charge(1);
    const order = compareValues(a(frame), b(frame));
    if (order === undefined) throw noSuchOverload();
    return holds(order);
  };

const OPERATORS: Record<string, Operator> = {
  '_&&_': (a, b) => shortCut(a, b, false),
  '_||_': (a, b) => shortCut(a, b, true),
  '!_': (a) => (frame) => {
    frame.charge(1);
    const value = a(frame);
    if (typeof value !== 'boolean') throw noSuchOverload();
    return !value;
  },
  '_?_:_': (a, b, c) => (frame) => {
    const condition = a(frame);
    if (typeof condition !== 'boolean') throw noSuchOverload();
    return condition ? b(frame) : c(frame);
  },
  '_==_': (a, b) => (frame) => {
    frame.charge(1);
    return equalValues(a(frame), b(frame), frame.charge);
  },
  '_!=_': (a, b) => (frame) => {
    frame.charge(1);
    return !equalValues(a(frame), b(frame), frame.charge);
  },
  '_<_': compared((order) => order < 0),
  '_<=_': compared((order) => order <= 0),
  '_>_': compared((order) => order > 0),
  '_>=_': compared((order) => order >= 0),
  '@in': (a, b) => (frame) => {
    frame.charge(1);
    const [wanted, among] = [a(frame), b(frame)];
    if (among instanceof List) return contains(among, wanted, frame.charge);
    if (among instanceof Mapping) return among.has(wanted);
    throw noSuchOverload();
  },
  '_[_]': (a, b) => (frame) => {
    frame.charge(1);
    return indexed(a(frame), b(frame));
  },
  '_[?_]': (a, b) => (frame) => {
    frame.charge(1);
    const from = a(frame);
    return lookUp(from instanceof Optional ? from.value : from, b(frame));
  },
};

/** One operand that decides makes up for the other's failure. */
function shortCut(a: Run, b: Run, decisive: boolean): Run {
  return (frame) => {
    let failure: CelError | undefined;
    try {
      const left = a(frame);
      if (left === decisive) return decisive;
      if (typeof left !== 'boolean') failure = noSuchOverload();
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      failure = error;
    }
    const right = b(frame);
    if (right === decisive) return decisive;
    if (failure) throw failure;
    if (typeof right !== 'boolean') throw noSuchOverload();
    return !decisive;
  };
}

function indexed(from: Value, key: Value): Value {
  if (from instanceof Mapping) {
    const value = from.get(key);
    if (value === undefined) throw noSuchKey(keyText(key));
    return value;
  }
  if (from instanceof Optional) return lookUp(from.value, key);
  const index = indexOf(key);
  if (!(from instanceof List) || index === undefined) throw noSuchOverload();
  if (index < 0 || index >= from.size) throw new CelError(`index out of bounds: ${index}`);
  return from.at(index);
}

const keyText = (key: Value) => String(key instanceof Uint ? key.value : key);

function compileList({ items }: ListLiteral, inner: Inner): Run {
  const runs = items.map(({ value, optional }) => ({ run: inner(value), optional }));
  return (frame) => {
    frame.charge(LIST_COST);
    const values: Value[] = [];
    for (const { run, optional } of runs) {
      const value = run(frame);
      if (!optional) values.push(value);
      else if (value instanceof Optional && value.value !== undefined) values.push(value.value);
    }
    return new ValueList(values);
  };
}

function compileMap({ entries }: MapLiteral, inner: Inner): Run {
  const runs = entries.map(({ key, value, optional }) => ({ key: inner(key), value: inner(value), optional }));
  return (frame) => {
    frame.charge(MAP_COST);
    const pairs: [Value, Value][] = [];
    for (const { key, value, optional } of runs) {
      const given = value(frame);
      if (!optional) pairs.push([key(frame), given]);
      else if (given instanceof Optional && given.value !== undefined) pairs.push([key(frame), given.value]);
    }
    return new ValueMap(pairs);
  };
}

function compileStruct({ name, entries }: StructLiteral, linked: Linked, inner: Inner): Run {
  const type = linked.structs(name) ?? { name };
  const runs = entries.map(({ field, value, optional }) => ({ field, run: inner(value), optional }));
  return (frame) => {
    frame.charge(STRUCT_COST);
    const raw: Record<string, unknown> = {};
    for (const { field, run, optional } of runs) {
      const value = run(frame);
      if (optional && value instanceof Optional && value.value === undefined) continue;
      Object.defineProperty(raw, field, { value: toJson(value), enumerable: true, writable: true, configurable: true });
    }
    return new JsonMap(raw, type);
  };
}
