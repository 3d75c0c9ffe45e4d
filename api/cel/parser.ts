/** Text to tree (the grammar of github.com/google/cel-spec), with macros put in their place. */
import { SyntaxFault } from './fault.ts';
import { type Token, tokensOf } from './lexer.ts';
import { expandMacro } from './macros.ts';
import type { Node } from './syntax.ts';
import { BOOL, BYTES, DOUBLE, INT, NULL, STRING, UINT } from './type.ts';
import { Uint } from './value.ts';

/** As ANTLR names what may begin an expression. */
const START = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/** Deeper than this is refused: the tree is walked by recursion. */
const MAX_DEPTH = 200;
/** Longer than this is refused (cel-go's limit on code points). */
const MAX_LENGTH = 100_000;

const BINARY: readonly (readonly string[])[] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>=', 'in'], ['+', '-'], ['*', '/', '%']];

/** Throws `SyntaxFault`. */
export function parse(source: string): Node {
  if (source.length > MAX_LENGTH) {
    throw new SyntaxFault({
      offset: 0,
      message: `Syntax error: expression code point size exceeds limit: size: ${source.length}, limit ${MAX_LENGTH}`,
    });
  }
  const parser = new Parser(tokensOf(source));
  const node = parser.expression();
  parser.end();
  return node;
}

class Parser {
  readonly #tokens: Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #is(text: string): boolean {
    const { kind, text: actual } = this.#token;
    return actual === text && (kind === 'mark' || kind === 'name');
  }

  #take(text: string): Token | undefined {
    if (!this.#is(text)) return undefined;
    return this.#tokens[this.#at++];
  }

  #need(text: string, expecting = `'${text}'`): Token {
    return this.#take(text) ?? this.#mismatch(expecting);
  }

  #mismatch(expecting: string): never {
    const { text, kind, offset } = this.#token;
    const shown = kind === 'string' ? JSON.stringify(text) : text;
    const next = this.#tokens[this.#at + 1];
    const what = kind !== 'end' && next?.kind === 'end' && expecting === '<EOF>' ? 'extraneous' : 'mismatched';
    throw new SyntaxFault({ offset, message: `Syntax error: ${what} input '${shown}' expecting ${expecting}` });
  }

  end(): void {
    if (this.#token.kind !== 'end') this.#mismatch('<EOF>');
  }

  expression(): Node {
    if (++this.#depth > MAX_DEPTH) {
      throw new SyntaxFault({ offset: this.#token.offset, message: `Syntax error: expression recursion limit exceeded: ${MAX_DEPTH}` });
    }
    const condition = this.#binary(0);
    const question = this.#take('?');
    let node = condition;
    if (question) {
      const yes = this.#binary(0);
      this.#need(':');
      node = call('_?_:_', [condition, yes, this.expression()], question);
    }
    this.#depth--;
    return node;
  }

  #binary(level: number): Node {
    const operators = BINARY[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = operators.find((one) => this.#is(one));
      if (!operator) return left;
      const token = this.#need(operator);
      const right = this.#binary(level + 1);
      left = call(operator === 'in' ? '@in' : `_${operator}_`, [left, right], token);
    }
  }

  #unary(): Node {
    const token = this.#take('!') ?? this.#take('-');
    if (!token) return this.#member();
    const next = this.#token;
    if (token.text === '-' && (next.kind === 'int' || next.kind === 'double')) {
      this.#at++;
      return this.#suffixes(constantOf({ ...next, text: `-${next.text}`, offset: token.offset }));
    }
    if (++this.#depth > MAX_DEPTH) this.#mismatch(START);
    const node = call(token.text === '!' ? '!_' : '-_', [this.#unary()], token);
    this.#depth--;
    return node;
  }

  #member(): Node {
    return this.#suffixes(this.#primary());
  }

  #suffixes(start: Node): Node {
    let node = start;
    for (;;) {
      const dot = this.#take('.');
      if (dot) {
        node = this.#afterDot(node, dot);
        continue;
      }
      const open = this.#take('[');
      if (!open) return node;
      const optional = this.#take('?') !== undefined;
      const index = this.expression();
      this.#need(']');
      node = call(optional ? '_[?_]' : '_[_]', [node, index], open);
    }
  }

  #afterDot(of: Node, dot: Token): Node {
    const optional = this.#take('?') !== undefined;
    const { kind, text } = this.#token;
    if (kind !== 'name' && kind !== 'quoted') this.#mismatch(optional ? 'IDENTIFIER' : "{'?', IDENTIFIER, ESC_IDENTIFIER}");
    this.#at++;
    const open = optional || kind === 'quoted' ? undefined : this.#take('(');
    if (!open) return { kind: 'select', of, field: text, test: false, optional, offset: dot.offset };
    const args = this.#arguments();
    return expandMacro(text, of, args, open.offset) ?? { kind: 'call', name: text, target: of, args, offset: open.offset };
  }

  #arguments(): Node[] {
    const args: Node[] = [];
    if (this.#take(')')) return args;
    do args.push(this.expression());
    while (this.#take(','));
    this.#need(')', "{')', ','}");
    return args;
  }

  #primary(): Node {
    const token = this.#token;
    if (this.#take('(')) {
      const node = this.expression();
      this.#need(')');
      return node;
    }
    if (this.#take('[')) return this.#list(token);
    if (this.#take('{')) return this.#map(token);
    const leading = this.#take('.');
    if (this.#token.kind === 'name' && !(leading && KEYWORDS.has(this.#token.text))) return this.#name();
    if (leading || !LITERALS.has(token.kind)) this.#mismatch(leading ? 'IDENTIFIER' : START);
    this.#at++;
    return constantOf(token);
  }

  #name(): Node {
    const token = this.#token;
    const { text, offset } = token;
    if (text in TRUTH) {
      this.#at++;
      const value = TRUTH[text] as boolean | null;
      return { kind: 'constant', value, type: value === null ? NULL : BOOL, offset };
    }
    if (text === 'in') this.#mismatch(START);
    if (RESERVED.has(text)) throw new SyntaxFault({ offset, message: `Syntax error: reserved identifier: ${text}` });
    const struct = this.#structName();
    if (struct) return this.#struct(struct);
    this.#at++;
    const open = this.#take('(');
    if (!open) return { kind: 'name', name: text, offset };
    const args = this.#arguments();
    return expandMacro(text, undefined, args, open.offset) ?? { kind: 'call', name: text, target: undefined, args, offset: open.offset };
  }

  /** `Object.spec{`: names with dots, then a brace. */
  #structName(): string | undefined {
    let at = this.#at;
    let name = this.#tokens[at]?.text ?? '';
    while (this.#tokens[at + 1]?.text === '.' && this.#tokens[at + 1]?.kind === 'mark' && this.#tokens[at + 2]?.kind === 'name') {
      at += 2;
      name += `.${this.#tokens[at]?.text}`;
    }
    const brace = this.#tokens[at + 1];
    if (brace?.kind !== 'mark' || brace.text !== '{') return undefined;
    this.#at = at + 1;
    return name;
  }

  #struct(name: string): Node {
    const { offset } = this.#need('{');
    const entries: { field: string; value: Node; optional: boolean; offset: number }[] = [];
    while (!this.#take('}')) {
      const optional = this.#take('?') !== undefined;
      const { kind, text } = this.#token;
      if (kind !== 'name' && kind !== 'quoted') this.#mismatch("{'}', ',', IDENTIFIER}");
      this.#at++;
      const colon = this.#need(':');
      entries.push({ field: text, value: this.expression(), optional, offset: colon.offset });
      if (!this.#take(',') && !this.#is('}')) this.#mismatch("{'}', ','}");
    }
    return { kind: 'struct', name, entries, offset };
  }

  #list({ offset }: Token): Node {
    const items: { value: Node; optional: boolean }[] = [];
    while (!this.#take(']')) {
      const optional = this.#take('?') !== undefined;
      items.push({ value: this.expression(), optional });
      if (!this.#take(',') && !this.#is(']')) this.#mismatch("{']', ','}");
    }
    return { kind: 'list', items, offset };
  }

  #map({ offset }: Token): Node {
    const entries: { key: Node; value: Node; optional: boolean }[] = [];
    while (!this.#take('}')) {
      const optional = this.#take('?') !== undefined;
      const key = this.expression();
      this.#need(':');
      entries.push({ key, value: this.expression(), optional });
      if (!this.#take(',') && !this.#is('}')) this.#mismatch("{'}', ','}");
    }
    return { kind: 'map', entries, offset };
  }
}

const LITERALS = new Set(['int', 'uint', 'double', 'string', 'bytes']);
const TRUTH: Record<string, boolean | null> = Object.assign(Object.create(null), { true: true, false: false, null: null });
const KEYWORDS = new Set(['true', 'false', 'null', 'in']);
const RESERVED = new Set('as break const continue else for function if import let loop package namespace return var void while'.split(' '));

const call = (name: string, args: Node[], { offset }: Token): Node => ({ kind: 'call', name, target: undefined, args, offset });

const MAX_INT = 2n ** 63n;

function constantOf({ kind, text, offset }: Token): Node {
  if (kind === 'string') return { kind: 'constant', value: text, type: STRING, offset };
  if (kind === 'bytes') return { kind: 'constant', value: Buffer.from(text, 'latin1'), type: BYTES, offset };
  if (kind === 'double') return { kind: 'constant', value: Number(text), type: DOUBLE, offset };
  const negative = text.startsWith('-');
  const value = BigInt(text.replace(/^-/, '').replace(/[uU]$/, '')) * (negative ? -1n : 1n);
  if (kind === 'uint') {
    if (value >= 2n * MAX_INT) throw new SyntaxFault({ offset, message: 'Syntax error: invalid uint literal' });
    return { kind: 'constant', value: new Uint(value), type: UINT, offset };
  }
  if (value >= MAX_INT || value < -MAX_INT) throw new SyntaxFault({ offset, message: 'Syntax error: invalid int literal' });
  return { kind: 'constant', value, type: INT, offset };
}
