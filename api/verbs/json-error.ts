/** What is wrong with a text that is no JSON, as Go's encoding/json words it: clients show these sentences, and tests compare them. */

/** Of a body: itself where it is short and printable, else its first bytes in hexadecimal (k8s.io/apimachinery: summarizeData). */
export function shownBytes(bytes: Buffer): string {
  if (bytes.length === 0) return '<empty>';
  if (bytes[0] === 0x7b) return bytes.length > 30 ? `${bytes.subarray(0, 30)} ...` : bytes.toString();
  return bytes.length > 30 ? `${bytes.subarray(0, 30).toString('hex')} ...` : bytes.toString('hex');
}

/**
 * Lists and objects within each other. Kubernetes takes ten times as many; no object of any use comes near either, and whoever walks an object
 * may do so by recursion.
 */
const MAX_DEPTH = 1000;
const TOO_DEEP = 'exceeded max depth';

/** Texts up to this length can't be so deep that recursion is a danger, and need not be looked through. */
const SURELY_SHALLOW = 8192;

/** `JSON.parse`, but for texts that are too deep. Throws an `Error` whose message is in Go's words. */
export function parseJsonText(text: string): unknown {
  if (text.length > SURELY_SHALLOW && isTooDeep(text)) throw new Fault(TOO_DEEP);
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(explainJson(text));
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) at = endOfString(text, at);
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** Where the quotation mark is that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== 0x22) at += text.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}

const END = 'unexpected end of JSON input';

class Fault extends Error {}

/** The first fault of a text that `JSON.parse` refused. */
export function explainJson(text: string): string {
  const scanner = new Scanner(text);
  try {
    scanner.space();
    scanner.value();
    scanner.space();
    if (scanner.at < text.length) scanner.fail('after top-level value');
  } catch (error) {
    if (error instanceof Fault) return error.message;
    throw error;
  }
  return END;
}

class Scanner {
  at = 0;
  readonly #text: string;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  space(): void {
    while (' \t\r\n'.includes(this.#text[this.at] ?? 'x')) this.at++;
  }

  fail(where: string): never {
    const found = this.#text[this.at];
    if (found === undefined) throw new Fault(END);
    throw new Fault(`invalid character ${quoted(found)} ${where}`);
  }

  value(): void {
    const first = this.#text[this.at];
    if (this.#depth > MAX_DEPTH) throw new Fault(TOO_DEEP);
    this.#depth++;
    if (first === '{') this.#object();
    else if (first === '[') this.#array();
    else if (first === '"') this.#string();
    else if (first === 't') this.#literal('true');
    else if (first === 'f') this.#literal('false');
    else if (first === 'n') this.#literal('null');
    else if (first !== undefined && /[-0-9]/.test(first)) this.#number();
    else this.fail('looking for beginning of value');
    this.#depth--;
  }

  #object(): void {
    this.at++;
    this.space();
    if (this.#text[this.at] === '}') return void this.at++;
    for (;;) {
      if (this.#text[this.at] !== '"') this.fail('looking for beginning of object key string');
      this.#string();
      this.space();
      if (this.#text[this.at] !== ':') this.fail('after object key');
      this.at++;
      this.space();
      this.value();
      this.space();
      if (this.#text[this.at] === '}') return void this.at++;
      if (this.#text[this.at] !== ',') this.fail('after object key:value pair');
      this.at++;
      this.space();
    }
  }

  #array(): void {
    this.at++;
    this.space();
    if (this.#text[this.at] === ']') return void this.at++;
    for (;;) {
      this.value();
      this.space();
      if (this.#text[this.at] === ']') return void this.at++;
      if (this.#text[this.at] !== ',') this.fail('after array element');
      this.at++;
      this.space();
    }
  }

  #string(): void {
    this.at++;
    for (; this.#text[this.at] !== '"'; this.at++) {
      const c = this.#text[this.at];
      if (c === undefined || c < ' ') this.fail('in string literal');
      if (c !== '\\') continue;
      this.at++;
      if (!/["\\/bfnrtu]/.test(this.#text[this.at] ?? 'u')) this.fail('in string escape code');
    }
    this.at++;
  }

  #literal(word: string): void {
    for (let i = 0; i < word.length; i++, this.at++) {
      if (this.#text[this.at] !== word[i]) this.fail(`in literal ${word} (expecting ${quoted(word[i] ?? '')})`);
    }
  }

  #number(): void {
    if (this.#text[this.at] === '-') this.at++;
    if (!/[0-9]/.test(this.#text[this.at] ?? '')) this.fail('in numeric literal');
    if (this.#text[this.at] === '0') this.at++;
    else this.#digits();
    if (this.#text[this.at] === '.') {
      this.at++;
      if (!/[0-9]/.test(this.#text[this.at] ?? '')) this.fail('after decimal point in numeric literal');
      this.#digits();
    }
    if (/[eE]/.test(this.#text[this.at] ?? '')) {
      this.at++;
      if (/[-+]/.test(this.#text[this.at] ?? '')) this.at++;
      if (!/[0-9]/.test(this.#text[this.at] ?? '')) this.fail('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (/[0-9]/.test(this.#text[this.at] ?? '')) this.at++;
  }
}

function quoted(character: string): string {
  if (character === "'") return `'\\''`;
  if (character === '"') return `'"'`;
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}
