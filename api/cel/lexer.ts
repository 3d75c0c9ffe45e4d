/** Cuts an expression into tokens (the grammar of github.com/google/cel-spec). */
import { SyntaxFault } from './fault.ts';

export type TokenKind = 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'name' | 'quoted' | 'mark' | 'end';

export interface Token {
  kind: TokenKind;
  /** As written; of strings: what they say. */
  text: string;
  offset: number;
}

const SPACE = /(?:\s|\/\/[^\n]*)*/y;
const NUMBER = /0x[0-9a-fA-F]+[uU]?|(?:\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?)|\d+[uU]?/y;
const NAME = /[A-Za-z_]\w*/y;
const QUOTED = /`[\w.\-/ ]+`/y;
const STRING =
  /([rRbB]{0,2})("""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?'''|"(?:[^"\\\n\r]|\\[\s\S])*"|'(?:[^'\\\n\r]|\\[\s\S])*')/y;
const RAW = /([bB]?[rR][bB]?)("""[\s\S]*?"""|'''[\s\S]*?'''|"[^"\n\r]*"|'[^'\n\r]*')/y;
const MARK = /==|!=|<=|>=|&&|\|\||[-+*/%!<>?:.,()[\]{}]/y;

/** Throws `SyntaxFault`. */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match) at += match[0].length;
    return match;
  };
  for (;;) {
    take(SPACE);
    const offset = at;
    if (at >= source.length) {
      tokens.push({ kind: 'end', text: '<EOF>', offset });
      return tokens;
    }
    tokens.push(next(take, source, offset));
  }
}

function next(take: (pattern: RegExp) => RegExpExecArray | null, source: string, offset: number): Token {
  const text = take(RAW) ?? take(STRING);
  if (text) return stringToken(text[1] ?? '', text[2] ?? '', offset);
  const number = take(NUMBER)?.[0];
  if (number !== undefined) return { kind: numberKind(number), text: number, offset };
  const name = take(NAME)?.[0];
  if (name !== undefined) return { kind: 'name', text: name, offset };
  const quoted = take(QUOTED)?.[0];
  if (quoted !== undefined) return { kind: 'quoted', text: quoted.slice(1, -1), offset };
  const mark = take(MARK)?.[0];
  if (mark !== undefined) return { kind: 'mark', text: mark, offset };
  throw new SyntaxFault({ offset, message: `Syntax error: token recognition error at: '${source.slice(offset, offset + 2)}'` });
}

function numberKind(text: string): TokenKind {
  if (/[uU]$/.test(text)) return 'uint';
  return /^0x|^\d+$/.test(text) ? 'int' : 'double';
}

function stringToken(prefix: string, literal: string, offset: number): Token {
  const flags = prefix.toLowerCase();
  const quotes = literal.startsWith('"""') || literal.startsWith("'''") ? 3 : 1;
  const body = literal.slice(quotes, -quotes);
  const bytes = flags.includes('b');
  const text = flags.includes('r') ? body : unescaped(body, bytes, offset);
  return { kind: bytes ? 'bytes' : 'string', text, offset };
}

const SINGLE: Record<string, string> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const ESCAPE = /\\(?:([abfnrtv\\?"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;

/** Of bytes, `\xff` is a byte; the text is then of bytes as characters. */
function unescaped(body: string, bytes: boolean, offset: number): string {
  const plain = bytes ? Buffer.from(body).toString('latin1') : body;
  return plain.replace(ESCAPE, (_all, one?: string, hex?: string, short?: string, long?: string, octal?: string, wrong?: string) => {
    if (one !== undefined) return SINGLE[one] ?? one;
    if (wrong !== undefined) throw new SyntaxFault({ offset, message: 'Syntax error: token recognition error: invalid escape sequence' });
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const code = Number.parseInt(hex ?? short ?? long ?? '0', 16);
    if (code > 0x10ffff) throw new SyntaxFault({ offset, message: 'illegal escape sequence: unable to unescape string' });
    return String.fromCodePoint(code);
  });
}
