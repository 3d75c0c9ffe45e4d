/**
 * JSONPath as kubectl and CRDs' printer columns write it (k8s.io/client-go/util/jsonpath), for one expression without the surrounding
 * braces: `.spec.replicas`, `.metadata.annotations.example\.com/x`, `.status.conditions[?(@.type=="Ready")].status`, `.items[0:2]`, `..name`.
 */
import type { Json } from './kinds/kind.ts';

export class JsonPathError extends Error {
  override name = 'JsonPathError';
}

type Step = (values: Json[]) => Json[];

/** Compiles a path to a function that finds all values; a missing field finds nothing. Throws `JsonPathError` when it can't be read. */
export function compileJsonPath(text: string): (root: Json) => Json[] {
  const parser = new PathParser(text);
  const steps = parser.steps();
  return (root) => steps.reduce<Json[]>((values, step) => step(values), [root]);
}

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const children = (value: Json): Json[] => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []);

const field =
  (name: string): Step =>
  (values) =>
    values.flatMap((v) => (isObject(v) && Object.hasOwn(v, name) ? [v[name] as Json] : []));

const wildcard: Step = (values) => values.flatMap(children);

const recursive: Step = (values) => {
  const found: Json[] = [];
  const visit = (value: Json) => {
    found.push(value);
    for (const child of children(value)) visit(child);
  };
  for (const value of values) visit(value);
  return found;
};

const union =
  (steps: Step[]): Step =>
  (values) =>
    steps.flatMap((step) => step(values));

/** `[from:to:by]`; negative numbers count from the end. */
function slice(from: number | undefined, to: number | undefined, by: number): Step {
  return (values) =>
    values.flatMap((value) => {
      if (!Array.isArray(value)) return [];
      const at = (n: number) => (n < 0 ? n + value.length : n);
      const end = Math.min(to === undefined ? value.length : at(to), value.length);
      const found: Json[] = [];
      for (let i = Math.max(0, at(from ?? 0)); i < end; i += by) found.push(value[i] as Json);
      return found;
    });
}

class PathParser {
  private readonly text: string;
  private at = 0;
  constructor(text: string) {
    this.text = text.startsWith('{') && text.endsWith('}') ? text.slice(1, -1) : text;
  }

  steps(): Step[] {
    const steps: Step[] = [];
    if (this.text[this.at] === '$' || this.text[this.at] === '@') this.at++;
    while (this.at < this.text.length) {
      if (this.text.startsWith('..', this.at)) {
        this.at += 1;
        steps.push(recursive);
        if (this.text[this.at + 1] === '[') this.at++;
      } else if (this.text[this.at] === '.') {
        this.at++;
        if (this.text[this.at] !== '[' && this.at < this.text.length) steps.push(this.name());
      } else if (this.text[this.at] === '[') steps.push(this.bracket());
      else if (steps.length === 0) steps.push(this.name());
      else throw new JsonPathError(`unrecognized character in action: ${JSON.stringify(this.text[this.at])}`);
    }
    return steps;
  }

  /** A backslash makes the next character part of the name. */
  private name(): Step {
    let name = '';
    while (this.at < this.text.length && !'.[ '.includes(this.text.charAt(this.at))) {
      if (this.text[this.at] === '\\') this.at++;
      name += this.text.charAt(this.at++);
    }
    if (name === '') throw new JsonPathError(`no field name at ${this.at} in ${JSON.stringify(this.text)}`);
    return name === '*' ? wildcard : field(name);
  }

  private bracket(): Step {
    const inside = this.until();
    if (inside.startsWith('?(') && inside.endsWith(')')) return filter(inside.slice(2, -1));
    const parts = splitOutsideQuotes(inside);
    const steps = parts.map((part) => indexStep(part.trim()));
    const [only] = steps;
    return steps.length === 1 && only ? only : union(steps);
  }

  /** What stands between the bracket here and the one that closes it. */
  private until(): string {
    const start = ++this.at;
    let depth = 1;
    let quote = '';
    for (; this.at < this.text.length; this.at++) {
      const c = this.text.charAt(this.at);
      if (quote) {
        if (c === '\\') this.at++;
        else if (c === quote) quote = '';
      } else if (c === '"' || c === "'") quote = c;
      else if (c === '[') depth++;
      else if (c === ']' && --depth === 0) return this.text.slice(start, this.at++);
    }
    throw new JsonPathError('unterminated array');
  }
}

function splitOutsideQuotes(text: string): string[] {
  return text.match(/(?:"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^,])+/g) ?? [''];
}

function indexStep(text: string): Step {
  if (text === '*' || text === '') return wildcard;
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text);
  if (quoted) return field((quoted[2] ?? '').replace(/\\(.)/g, '$1'));
  const range = /^(-?\d+)?(:)?(-?\d+)?(?::(-?\d+))?$/.exec(text);
  if (!range) throw new JsonPathError(`invalid array index ${text}`);
  const [, from, colon, to, by] = range;
  if (!colon) {
    const index = Number(from);
    return (values) => values.flatMap((v) => (Array.isArray(v) && v.at(index) !== undefined ? [v.at(index) as Json] : []));
  }
  const number = (n: string | undefined) => (n === undefined ? undefined : Number(n));
  return slice(number(from), number(to), Math.max(1, number(by) ?? 1));
}

/** `@.type=="Ready"`, or a path alone: those that have it. */
function filter(text: string): Step {
  const match = /^([\s\S]*?)\s*(==|!=|<=|>=|<|>)\s*([\s\S]*)$/.exec(text.trim());
  if (!match) {
    const find = compileJsonPath(text.trim());
    return (values) => values.flatMap(children).filter((v) => find(v).length > 0);
  }
  const [, left = '', operator = '', right = ''] = match;
  const leftOf = operand(left);
  const rightOf = operand(right);
  return (values) => values.flatMap(children).filter((v) => compare(leftOf(v), operator, rightOf(v)));
}

function operand(text: string): (value: Json) => Json | undefined {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text);
  if (quoted) {
    const literal = (quoted[2] ?? '').replace(/\\(.)/g, '$1');
    return () => literal;
  }
  if (/^-?\d+(\.\d+)?$/.test(text)) return () => Number(text);
  if (text === 'true' || text === 'false') return () => text === 'true';
  const find = compileJsonPath(text);
  return (value) => find(value)[0];
}

function compare(left: Json | undefined, operator: string, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left !== typeof right || left === null || right === null) return false;
  if (operator === '<') return left < right;
  if (operator === '>') return left > right;
  return operator === '<=' ? left <= right : left >= right;
}
