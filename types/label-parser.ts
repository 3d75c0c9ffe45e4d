/** The grammar of label selectors in queries, as k8s.io/apimachinery/pkg/labels reads it. */
import { qualifiedName } from './names.ts';
import { checkedRequirement, type LabelOperator, type Requirement, SelectorError, sortByKey } from './requirement.ts';

const SPECIAL = new Set(['=', '!', '(', ')', ',', '>', '<']);
const SYMBOLS = new Set(['=', '==', '!=', '!', '(', ')', ',', '>', '<']);
const BINARY_OPERATORS = '=, ==, in, !=, gt, lt, notin';

interface Token {
  /** Of an identifier 'id', of the end 'end', else the symbol or keyword itself. */
  type: string;
  text: string;
}

/** Reads one symbol (the longest there is) or one word at a time, as labels.Lexer does. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text.charAt(at);
    if (/\s/.test(c)) at++;
    else if (SPECIAL.has(c)) {
      const symbol = SYMBOLS.has(text.slice(at, at + 2)) ? text.slice(at, at + 2) : c;
      found.push({ type: symbol, text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !SPECIAL.has(text.charAt(at)) && !/\s/.test(text.charAt(at))) at++;
      const word = text.slice(start, at);
      found.push({ type: word === 'in' || word === 'notin' ? word : 'id', text: word });
    }
  }
  found.push({ type: 'end', text: '' });
  return found;
}

/** In order of key. Throws `SelectorError`. */
export function parseLabelSelector(text: string): Requirement[] {
  const parser = new LabelParser(tokens(text));
  return sortByKey(parser.parse());
}

class LabelParser {
  private readonly tokens: Token[];
  private at = 0;
  constructor(list: Token[]) {
    this.tokens = list;
  }

  /** Where a value may stand, the words `in` and `notin` are identifiers like any other. */
  private peek(values = true): Token {
    const token = this.tokens[this.at] ?? { type: 'end', text: '' };
    return values && (token.type === 'in' || token.type === 'notin') ? { type: 'id', text: token.text } : token;
  }
  private next(values = true): Token {
    const token = this.peek(values);
    this.at++;
    return token;
  }

  parse(): Requirement[] {
    const requirements: Requirement[] = [];
    for (;;) {
      const { type, text } = this.peek();
      if (type === 'end') return requirements;
      if (type !== 'id' && type !== '!') throw new SelectorError(`found '${text}', expected: !, identifier, or 'end of string'`);
      requirements.push(this.wrapped());
      const after = this.next();
      if (after.type === 'end') return requirements;
      if (after.type !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      const follow = this.peek();
      if (follow.type !== 'id' && follow.type !== '!') {
        throw new SelectorError(`found '${follow.text}', expected: identifier after ','`);
      }
    }
  }

  private wrapped(): Requirement {
    try {
      return this.requirement();
    } catch (error) {
      throw error instanceof SelectorError ? new SelectorError(`unable to parse requirement: ${error.message}`) : error;
    }
  }

  private requirement(): Requirement {
    let token = this.next();
    const negated = token.type === '!';
    if (negated) token = this.next();
    if (token.type !== 'id') throw new SelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    const faults = qualifiedName(key);
    if (faults.length > 0) throw new SelectorError(`<nil>: Invalid value: ${JSON.stringify(key)}: ${faults.join('; ')}`);
    if (negated) return checkedRequirement(key, '!', []);
    const { type } = this.peek();
    if (type === 'end' || type === ',') return checkedRequirement(key, 'exists', []);
    const operator = this.operator();
    const values = operator === 'in' || operator === 'notin' ? this.values() : [this.exactValue()];
    return checkedRequirement(key, operator, [...new Set(values)].sort());
  }

  private operator(): LabelOperator {
    const { type, text } = this.next(false);
    if (type === '>') return 'gt';
    if (type === '<') return 'lt';
    if (['=', '==', '!=', 'in', 'notin'].includes(type)) return type as LabelOperator;
    throw new SelectorError(`found '${text}', expected: ${BINARY_OPERATORS}`);
  }

  private exactValue(): string {
    const { type } = this.peek();
    if (type === 'end' || type === ',') return '';
    const token = this.next();
    if (token.type !== 'id') throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  private values(): string[] {
    const open = this.next();
    if (open.type !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.peek();
    if (first.type === ')') {
      this.next();
      return [''];
    }
    if (first.type !== 'id' && first.type !== ',') throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    const found: string[] = [];
    for (;;) {
      const token = this.next();
      if (token.type === 'id') {
        found.push(token.text);
        const { type, text } = this.peek();
        if (type !== ',' && type !== ')') throw new SelectorError(`found '${text}', expected: ',' or ')'`);
      } else if (token.type === ',') {
        const { type } = this.peek();
        if (found.length === 0 || type === ')' || type === ',') found.push('');
      } else throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
      if (this.peek().type === ')') {
        this.next();
        return found;
      }
    }
  }
}
