/** `has`, `all`, `map` and the others: calls that the parser replaces by what they stand for. */
import { SyntaxFault } from './fault.ts';
import type { Fold, Node } from './syntax.ts';

/** undefined: a plain call. Throws `SyntaxFault` for a macro's wrong arguments. */
export function expandMacro(name: string, target: Node | undefined, args: Node[], offset: number): Node | undefined {
  if (!target) return name === 'has' && args.length === 1 ? has(args[0] as Node, offset) : undefined;
  if (target.kind === 'name' && target.name === 'cel' && name === 'bind' && args.length === 3) return bind(args, offset);
  if ((name === 'optMap' || name === 'optFlatMap') && args.length === 2) return optional(name, target, args, offset);
  return comprehension(name, target, args, offset);
}

function has(argument: Node, offset: number): Node {
  if (argument.kind !== 'select' || argument.test) throw new SyntaxFault({ offset, message: 'invalid argument to has() macro' });
  return { ...argument, test: true, offset };
}

function bind([name, value, body]: Node[], offset: number): Node {
  if (name?.kind !== 'name')
    throw new SyntaxFault({ offset: name?.offset ?? offset, message: 'cel.bind() variable names must be simple identifiers' });
  return { kind: 'bind', name: name.name, value: value as Node, body: body as Node, optional: undefined, offset };
}

function optional(macro: string, value: Node, [name, body]: Node[], offset: number): Node {
  if (name?.kind !== 'name') {
    throw new SyntaxFault({ offset: name?.offset ?? offset, message: `${macro}() variable name must be a simple identifier` });
  }
  return { kind: 'bind', name: name.name, value, body: body as Node, optional: macro === 'optMap' ? 'map' : 'flatMap', offset };
}

interface Shape {
  fold: Fold;
  variables: number;
  filter: boolean;
}

/** By name and number of arguments. */
const SHAPES: Record<string, Shape> = {
  'all/2': { fold: 'all', variables: 1, filter: false },
  'all/3': { fold: 'all', variables: 2, filter: false },
  'exists/2': { fold: 'exists', variables: 1, filter: false },
  'exists/3': { fold: 'exists', variables: 2, filter: false },
  'exists_one/2': { fold: 'exists_one', variables: 1, filter: false },
  'existsOne/2': { fold: 'exists_one', variables: 1, filter: false },
  'existsOne/3': { fold: 'exists_one', variables: 2, filter: false },
  'filter/2': { fold: 'filter', variables: 1, filter: false },
  'map/2': { fold: 'map', variables: 1, filter: false },
  'map/3': { fold: 'map', variables: 1, filter: true },
  'transformList/3': { fold: 'transformList', variables: 2, filter: false },
  'transformList/4': { fold: 'transformList', variables: 2, filter: true },
  'transformMap/3': { fold: 'transformMap', variables: 2, filter: false },
  'transformMap/4': { fold: 'transformMap', variables: 2, filter: true },
  'transformMapEntry/3': { fold: 'transformMapEntry', variables: 2, filter: false },
  'transformMapEntry/4': { fold: 'transformMapEntry', variables: 2, filter: true },
};

function comprehension(name: string, over: Node, args: Node[], offset: number): Node | undefined {
  const shape = SHAPES[`${name}/${args.length}`];
  if (!shape) return undefined;
  const variables = args.slice(0, shape.variables).map((arg) => {
    if (arg.kind !== 'name') throw new SyntaxFault({ offset: arg.offset, message: 'argument must be a simple name' });
    return arg.name;
  });
  const filter = shape.filter ? args[shape.variables] : undefined;
  return { kind: 'comprehension', fold: shape.fold, over, variables, filter, body: args.at(-1) as Node, offset };
}
