/**
 * CEL as Kubernetes speaks it: compile an expression once against the variables that it may use, then run it on values. The language is
 * github.com/google/cel-spec's; the libraries are those of k8s.io/apiserver/pkg/cel/environment.
 */
import { check, type Declarations } from './checker.ts';
import { compile } from './compile.ts';
import { CelError, CostError, type Issue, issuesText, SyntaxFault } from './fault.ts';
import type { Library, Overload } from './function.ts';
import { arithmetic } from './library/arithmetic.ts';
import { authorization } from './library/authorizer.ts';
import { conversions } from './library/conversions.ts';
import { formats } from './library/formats.ts';
import { lists } from './library/lists.ts';
import { addresses, urls } from './library/network.ts';
import { encoders, mathematics, versions } from './library/numbers.ts';
import { optionals } from './library/optionals.ts';
import { quantities } from './library/quantity.ts';
import { strings } from './library/strings.ts';
import { parse } from './parser.ts';
import { Frame, type Run, type Variables } from './run.ts';
import { freeNames } from './syntax.ts';
import type { CelType } from './type.ts';
import type { Value } from './value.ts';

/** What one expression may cost (apiserver/pkg/apis/cel: PerCallLimit). */
export const CALL_LIMIT = 1_000_000;
/** What all expressions of one request may cost (RuntimeCELCostBudget). */
export const REQUEST_LIMIT = 10_000_000;

/** `error`: what went wrong, in cel-go's words; `overrun`: the limit ended it. `cost` is what was spent in either case. */
export type Outcome = { value: Value; cost: number } | { error: string; overrun: boolean; cost: number };

export interface Expression {
  source: string;
  type: CelType;
  /** Variables that it uses. */
  names: ReadonlySet<string>;
  /** Never throws for what the expression or its values do. */
  run(variables: Variables, limit?: number): Outcome;
}

export type Compiled = { ok: true; expression: Expression } | { ok: false; message: string };

export interface EnvironmentOptions {
  variables: Readonly<Record<string, CelType>>;
  /** Types that expressions may make: `JSONPatch{…}`. Default: none. */
  structs?: (name: string) => CelType | undefined;
}

export interface Environment {
  /** Where it is refused: `compilation failed: ERROR: <input>:1:5: undefined field 'nope'…`. */
  compile(source: string): Compiled;
}

export function createEnvironment({ variables, structs = () => undefined }: EnvironmentOptions): Environment {
  const declarations: Declarations = { variables: new Map(Object.entries(variables)), functions: functions(), structs };
  return { compile: (source) => compileIn(declarations, source) };
}

function compileIn(declarations: Declarations, source: string): Compiled {
  const refused = (issues: Issue[]): Compiled => ({ ok: false, message: `compilation failed: ${issuesText(source, issues)}` });
  try {
    const node = parse(source);
    const { type, issues } = check(node, declarations);
    if (issues.length > 0) return refused(issues);
    return { ok: true, expression: { source, type, names: freeNames(node), run: runOf(compile(node, declarations)) } };
  } catch (error) {
    if (error instanceof SyntaxFault) return refused([error.issue]);
    // A chain of thousands of operators is no deeper than one in its text, but is in its tree.
    if (error instanceof RangeError) return refused([{ offset: 0, message: 'Syntax error: expression recursion limit exceeded' }]);
    throw error;
  }
}

function runOf(run: Run): Expression['run'] {
  return (variables, limit = CALL_LIMIT) => {
    const frame = new Frame(variables, limit);
    try {
      return { value: run(frame), cost: frame.cost };
    } catch (error) {
      return failed(error, frame.cost);
    }
  };
}

function failed(error: unknown, cost: number): Outcome {
  if (error instanceof CelError) return { error: error.message, overrun: false, cost };
  if (error instanceof CostError) return { error: error.message, overrun: true, cost };
  // Of a value that JSON nested too deep: the walk over it ended, not the server.
  if (error instanceof RangeError) return { error: `evaluation failed: ${error.message}`, overrun: false, cost };
  throw error;
}

let known: ReadonlyMap<string, readonly Overload[]> | undefined;

/** Made when the first expression is compiled: a server without any pays nothing. */
function functions(): ReadonlyMap<string, readonly Overload[]> {
  if (known) return known;
  const libraries: Library[] = [
    arithmetic(),
    conversions(),
    strings(),
    lists(),
    optionals(),
    addresses(),
    urls(),
    quantities(),
    formats(),
    authorization(),
    encoders(),
    mathematics(),
    versions(),
  ];
  const map = new Map<string, Overload[]>();
  for (const one of libraries.flat()) {
    const list = map.get(one.name) ?? [];
    list.push(one);
    map.set(one.name, list);
  }
  known = map;
  return known;
}
