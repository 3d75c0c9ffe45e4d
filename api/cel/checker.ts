/** Finds the type of an expression before it runs, and what is wrong with it, in cel-go's words. */
import type { Issue } from './fault.ts';
import type { Overload } from './function.ts';
import type { Bind, Call, Comprehension, ListLiteral, MapLiteral, Node, Select, StructLiteral } from './syntax.ts';
import {
  assignable,
  type Bindings,
  BOOL,
  type CelType,
  DYN,
  INT,
  joined,
  listOf,
  mapOf,
  optionalOf,
  substitute,
  typeOf,
  typeText,
} from './type.ts';

export interface Declarations {
  variables: ReadonlyMap<string, CelType>;
  /** By name. */
  functions: ReadonlyMap<string, readonly Overload[]>;
  /** Types that an expression may make: `JSONPatch{…}`. */
  structs: (name: string) => CelType | undefined;
}

export const TYPE_NAMES: Record<string, string> = {
  int: 'int',
  uint: 'uint',
  double: 'double',
  string: 'string',
  bytes: 'bytes',
  bool: 'bool',
  list: 'list',
  map: 'map',
  null_type: 'null_type',
  type: 'type',
};

export function check(node: Node, declarations: Declarations): { type: CelType; issues: Issue[] } {
  const checker = new Checker(declarations);
  return { type: checker.typeOf(node, undefined), issues: checker.issues };
}

/** Variables that macros bring, the innermost first. */
interface Scope {
  name: string;
  type: CelType;
  outer: Scope | undefined;
}

class Checker {
  readonly issues: Issue[] = [];
  readonly #declarations: Declarations;

  constructor(declarations: Declarations) {
    this.#declarations = declarations;
  }

  #fault(offset: number, message: string): CelType {
    this.issues.push({ offset, message });
    return DYN;
  }

  typeOf(node: Node, scope: Scope | undefined): CelType {
    switch (node.kind) {
      case 'constant':
        return node.type;
      case 'name':
        return this.#lookup(node.name, scope) ?? this.#fault(node.offset, `undeclared reference to '${node.name}' (in container '')`);
      case 'select':
        return this.#select(node, scope);
      case 'call':
        return this.#call(node, scope);
      case 'list':
        return this.#list(node, scope);
      case 'map':
        return this.#map(node, scope);
      case 'struct':
        return this.#struct(node, scope);
      case 'comprehension':
        return this.#comprehension(node, scope);
      case 'bind':
        return this.#bind(node, scope);
    }
  }

  #lookup(name: string, scope: Scope | undefined): CelType | undefined {
    for (let at = scope; at; at = at.outer) if (at.name === name) return at.type;
    const variable = this.#declarations.variables.get(name);
    if (variable) return variable;
    return Object.hasOwn(TYPE_NAMES, name) ? typeOf({ name }) : undefined;
  }

  #select(node: Select, scope: Scope | undefined): CelType {
    const qualified = qualifiedName(node);
    const variable = qualified && !this.#isLocal(node, scope) ? this.#declarations.variables.get(qualified) : undefined;
    if (variable) return variable;
    const of = this.typeOf(node.of, scope);
    const optional = of.name === 'optional_type';
    const found = this.#field(optional ? (of.params?.[0] ?? DYN) : of, node);
    if (node.test) return BOOL;
    return (node.optional || optional) && found.name !== 'optional_type' ? optionalOf(found) : found;
  }

  #isLocal({ of }: Select, scope: Scope | undefined): boolean {
    for (let at = scope; at; at = at.outer) if (of.kind === 'name' && at.name === of.name) return true;
    return false;
  }

  #field(of: CelType, { field, offset }: Select): CelType {
    if (of.fields) {
      const known = of.fields.get(field);
      if (known) return known.type;
      return of.open ? DYN : this.#fault(offset, `undefined field '${field}'`);
    }
    if (of.name === 'map') return of.params?.[1] ?? DYN;
    if (of.name === 'dyn' || of.open) return DYN;
    return this.#fault(offset, `type '${typeText(of)}' does not support field selection`);
  }

  #call(node: Call, scope: Scope | undefined): CelType {
    const spaced = spacedName(node);
    if (spaced && this.#declarations.functions.has(spaced)) {
      const types = node.args.map((arg) => this.typeOf(arg, scope));
      return this.#resolve(spaced, types, false, node.offset);
    }
    const target = node.target ? [this.typeOf(node.target, scope)] : [];
    const types = [...target, ...node.args.map((arg) => this.typeOf(arg, scope))];
    if (!this.#declarations.functions.has(node.name)) {
      return this.#fault(node.offset, `undeclared reference to '${node.name}' (in container '')`);
    }
    return this.#resolve(node.name, types, node.target !== undefined, node.offset);
  }

  #resolve(name: string, types: CelType[], member: boolean, offset: number): CelType {
    let result: CelType | undefined;
    for (const overload of this.#declarations.functions.get(name) ?? []) {
      const found = resultOf(overload, types, member);
      if (!found) continue;
      // Where the types leave it open which function it is, nothing is known of the result but what all agree on.
      if (!result) result = found;
      else if (typeText(result) !== typeText(found)) result = DYN;
    }
    if (result) return result;
    const shown = types.map(typeText);
    const args = member ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
    return this.#fault(offset, `found no matching overload for '${name}' applied to '${args}'`);
  }

  #list(node: ListLiteral, scope: Scope | undefined): CelType {
    let element: CelType | undefined;
    for (const { value, optional } of node.items) {
      const given = this.typeOf(value, scope);
      const type = optional && given.name === 'optional_type' ? (given.params?.[0] ?? DYN) : given;
      element = element ? this.#alike(element, type, value.offset) : type;
    }
    return listOf(element ?? DYN);
  }

  /** The members of a literal have one type. */
  #alike(wanted: CelType, given: CelType, offset: number): CelType {
    return joined(wanted, given) ?? this.#fault(offset, `expected type '${typeText(wanted)}' but found '${typeText(given)}'`);
  }

  #map(node: MapLiteral, scope: Scope | undefined): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of node.entries) {
      const keyType = this.typeOf(entry.key, scope);
      const given = this.typeOf(entry.value, scope);
      const valueType = entry.optional && given.name === 'optional_type' ? (given.params?.[0] ?? DYN) : given;
      key = key ? this.#alike(key, keyType, entry.key.offset) : keyType;
      value = value ? this.#alike(value, valueType, entry.value.offset) : valueType;
    }
    return mapOf(key ?? DYN, value ?? DYN);
  }

  #struct(node: StructLiteral, scope: Scope | undefined): CelType {
    const type = this.#declarations.structs(node.name);
    for (const { field, value, offset, optional } of node.entries) {
      const given = this.typeOf(value, scope);
      if (!type) continue;
      const known = type.fields?.get(field)?.type ?? (type.open ? DYN : undefined);
      if (!known) this.#fault(offset, `undefined field '${field}'`);
      else if (!assignable(optional ? optionalOf(known) : known, given)) {
        this.#fault(offset, `expected type of field '${field}' is '${typeText(known)}' but provided type is '${typeText(given)}'`);
      }
    }
    return type ?? this.#fault(node.offset, `undeclared reference to '${node.name}' (in container '')`);
  }

  #comprehension(node: Comprehension, scope: Scope | undefined): CelType {
    const over = this.typeOf(node.over, scope);
    if (!['list', 'map', 'dyn'].includes(over.name)) {
      this.#fault(
        node.over.offset,
        `expression of type '${typeText(over)}' cannot be range of a comprehension (must be list, map, or dynamic)`,
      );
    }
    const inner = introduce(node.variables, over, scope);
    if (node.filter) this.#needBool(node.filter, inner);
    if (['map', 'transformList'].includes(node.fold)) return listOf(this.typeOf(node.body, inner));
    if (node.fold === 'transformMap') {
      const key = over.name === 'map' ? (over.params?.[0] ?? DYN) : INT;
      return mapOf(over.name === 'dyn' ? DYN : key, this.typeOf(node.body, inner));
    }
    if (node.fold === 'transformMapEntry') return this.typeOf(node.body, inner);
    this.#needBool(node.body, inner);
    if (node.fold !== 'filter') return BOOL;
    return listOf(over.name === 'list' ? (over.params?.[0] ?? DYN) : over.name === 'map' ? (over.params?.[0] ?? DYN) : DYN);
  }

  #needBool(node: Node, scope: Scope | undefined): void {
    const type = this.typeOf(node, scope);
    if (!assignable(BOOL, type)) this.#fault(node.offset, `expected type 'bool' but found '${typeText(type)}'`);
  }

  #bind(node: Bind, scope: Scope | undefined): CelType {
    const given = this.typeOf(node.value, scope);
    if (!node.optional) return this.typeOf(node.body, { name: node.name, type: given, outer: scope });
    const type = given.name === 'optional_type' ? (given.params?.[0] ?? DYN) : DYN;
    const result = this.typeOf(node.body, { name: node.name, type, outer: scope });
    return node.optional === 'map' ? optionalOf(result) : result;
  }
}

/** One variable: the element, or the key. Two: the position or key, and the value. */
function introduce(variables: string[], over: CelType, outer: Scope | undefined): Scope {
  const [first = DYN, second = DYN] = over.params ?? [];
  const [a = '', b] = variables;
  const list = over.name === 'list';
  if (b === undefined) return { name: a, type: over.name === 'dyn' ? DYN : first, outer };
  const position = over.name === 'dyn' ? DYN : list ? INT : first;
  return { name: b, type: over.name === 'dyn' ? DYN : list ? first : second, outer: { name: a, type: position, outer } };
}

/** What an overload gives for arguments of these types; undefined: it does not take them. */
export function resultOf(overload: Overload, types: readonly CelType[], member: boolean): CelType | undefined {
  if (overload.member !== member || overload.args.length !== types.length) return undefined;
  const bindings: Bindings = new Map();
  for (const [i, type] of types.entries()) if (!assignable(overload.args[i] ?? DYN, type, bindings)) return undefined;
  return substitute(overload.result, bindings);
}

/** A variable may have a dot in its name: `authorizer.requestResource`. */
export function qualifiedName({ of, field, test, optional }: Select): string | undefined {
  return of.kind === 'name' && !test && !optional ? `${of.name}.${field}` : undefined;
}

/** `math.greatest` of `math.greatest(1, 2)`. */
export function spacedName({ target, name }: Call): string | undefined {
  return target?.kind === 'name' ? `${target.name}.${name}` : undefined;
}
