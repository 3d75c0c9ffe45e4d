/** An expression as a tree. `offset` is where messages point at: the operator, the dot, the opening parenthesis. */

import type { CelType } from './type.ts';
import type { Value } from './value.ts';

interface At {
  offset: number;
}

export interface Constant extends At {
  kind: 'constant';
  value: Value;
  type: CelType;
}

export interface Name extends At {
  kind: 'name';
  name: string;
}

export interface Select extends At {
  kind: 'select';
  of: Node;
  field: string;
  /** `has(of.field)` */
  test: boolean;
  /** `of.?field` */
  optional: boolean;
}

/** Operators too: `_+_`, `_[_]`, `_?_:_`. With a target: `target.name(args)`. */
export interface Call extends At {
  kind: 'call';
  name: string;
  target: Node | undefined;
  args: Node[];
}

export interface ListLiteral extends At {
  kind: 'list';
  items: { value: Node; optional: boolean }[];
}

export interface MapLiteral extends At {
  kind: 'map';
  entries: { key: Node; value: Node; optional: boolean }[];
}

export interface StructLiteral extends At {
  kind: 'struct';
  name: string;
  entries: { field: string; value: Node; optional: boolean; offset: number }[];
}

export type Fold = 'all' | 'exists' | 'exists_one' | 'map' | 'filter' | 'transformList' | 'transformMap' | 'transformMapEntry';

/** A macro that goes through a list or a map. With two variables: position (or key) and value. */
export interface Comprehension extends At {
  kind: 'comprehension';
  fold: Fold;
  over: Node;
  variables: string[];
  /** Of `map` and `transform…` with a condition. */
  filter: Node | undefined;
  body: Node;
}

/** `cel.bind(name, value, body)`; with `optional`: `value.optMap(name, body)` and `optFlatMap`. */
export interface Bind extends At {
  kind: 'bind';
  name: string;
  value: Node;
  body: Node;
  optional: 'map' | 'flatMap' | undefined;
}

export type Node = Constant | Name | Select | Call | ListLiteral | MapLiteral | StructLiteral | Comprehension | Bind;

/** Every name that an expression uses and does not itself introduce. */
export function freeNames(node: Node, bound: ReadonlySet<string> = new Set(), found = new Set<string>()): Set<string> {
  switch (node.kind) {
    case 'constant':
      break;
    case 'name':
      if (!bound.has(node.name)) found.add(node.name);
      break;
    case 'select':
      freeNames(node.of, bound, found);
      break;
    case 'call':
      if (node.target) freeNames(node.target, bound, found);
      for (const arg of node.args) freeNames(arg, bound, found);
      break;
    case 'list':
      for (const item of node.items) freeNames(item.value, bound, found);
      break;
    case 'map':
      for (const entry of node.entries) {
        freeNames(entry.key, bound, found);
        freeNames(entry.value, bound, found);
      }
      break;
    case 'struct':
      for (const entry of node.entries) freeNames(entry.value, bound, found);
      break;
    case 'comprehension': {
      freeNames(node.over, bound, found);
      const inner = new Set([...bound, ...node.variables]);
      if (node.filter) freeNames(node.filter, inner, found);
      freeNames(node.body, inner, found);
      break;
    }
    case 'bind':
      freeNames(node.value, bound, found);
      freeNames(node.body, new Set([...bound, node.name]), found);
      break;
  }
  return found;
}
