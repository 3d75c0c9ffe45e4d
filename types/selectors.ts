/** Label and field selectors: parsed with Kubernetes' grammar and messages, compiled to a function that matches. */
import { parseLabelSelector } from './label-parser.ts';
import { checkedRequirement, type LabelOperator, type Requirement, SelectorError, sortByKey } from './requirement.ts';

export { parseLabelSelector } from './label-parser.ts';
export { type LabelOperator, type Requirement, SelectorError } from './requirement.ts';

export interface LabelSelectorRequirement {
  key: string;
  operator: string;
  values?: string[];
}

/** `metav1.LabelSelector` */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: LabelSelectorRequirement[];
}

export type Labels = Record<string, string> | undefined | null;
export type LabelMatcher = (labels: Labels) => boolean;

const OBJECT_OPERATORS: Record<string, LabelOperator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };

/** Matches nothing for an absent selector and everything for an empty one (metav1.LabelSelectorAsSelector). Throws `SelectorError`. */
export function labelSelectorMatcher(selector: LabelSelector | undefined | null): LabelMatcher {
  if (!selector) return () => false;
  return requirementsMatcher(selectorRequirements(selector));
}

/** In order of key. Throws `SelectorError` for an operator that is none. */
export function selectorRequirements(selector: LabelSelector): Requirement[] {
  const requirements: Requirement[] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({
    key,
    operator: '=' as const,
    values: [value],
  }));
  for (const { key, operator, values } of selector.matchExpressions ?? []) {
    const known = OBJECT_OPERATORS[operator];
    if (!known) throw new SelectorError(`${JSON.stringify(operator)} is not a valid label selector operator`);
    requirements.push(checkedRequirement(key, known, [...(values ?? [])].sort()));
  }
  return sortByKey(requirements);
}

/** As a query: `app=web,tier in (a,b)`; what a Scale's status.selector holds. */
export function formatLabelSelector(selector: LabelSelector | undefined | null): string {
  return selector ? selectorRequirements(selector).map(formatRequirement).join(',') : '';
}

function formatRequirement({ key, operator, values }: Requirement): string {
  if (operator === 'exists') return key;
  if (operator === '!') return `!${key}`;
  if (operator === 'in' || operator === 'notin') return `${key} ${operator} (${values.join(',')})`;
  return `${key}${operator === 'gt' ? '>' : operator === 'lt' ? '<' : operator}${values[0]}`;
}

/** Parses and compiles `app=web,tier in (a,b),!old`. An empty text matches everything. Throws `SelectorError`. */
export function labelMatcher(text: string): LabelMatcher {
  return requirementsMatcher(parseLabelSelector(text));
}

export function requirementsMatcher(requirements: Requirement[]): LabelMatcher {
  if (requirements.length === 0) return () => true;
  const tests = requirements.map(requirementMatcher);
  const [only] = tests;
  if (only && tests.length === 1) return only;
  return (labels) => tests.every((test) => test(labels));
}

function requirementMatcher({ key, operator, values }: Requirement): LabelMatcher {
  const lookup = (labels: Labels) => (labels && Object.hasOwn(labels, key) ? labels[key] : undefined);
  const [first = ''] = values;
  switch (operator) {
    case 'exists':
      return (labels) => lookup(labels) !== undefined;
    case '!':
      return (labels) => lookup(labels) === undefined;
    case '=':
    case '==':
      return (labels) => lookup(labels) === first;
    case '!=':
      return (labels) => lookup(labels) !== first;
    case 'in':
      return (labels) => {
        const value = lookup(labels);
        return value !== undefined && values.includes(value);
      };
    case 'notin':
      return (labels) => {
        const value = lookup(labels);
        return value === undefined || !values.includes(value);
      };
    default:
      return (labels) => {
        const value = lookup(labels);
        if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
        return operator === 'gt' ? BigInt(value) > BigInt(first) : BigInt(value) < BigInt(first);
      };
  }
}

export interface FieldTerm {
  path: string;
  operator: '=' | '!=';
  value: string;
}

/** `metadata.name=a,status.phase!=Running`, in order of text; a comma, `=` or backslash in a value is escaped by a backslash. Throws `SelectorError`. */
export function parseFieldSelector(text: string): FieldTerm[] {
  const terms: FieldTerm[] = [];
  for (const part of splitTerms(text).sort()) {
    if (part === '') continue;
    const match = /^([^=!]*(?:!(?!=)[^=!]*)*)(!=|==|=)([\s\S]*)$/.exec(part);
    if (!match) throw new SelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    terms.push({ path: match[1] ?? '', operator: match[2] === '!=' ? '!=' : '=', value: unescapeValue(match[3] ?? '') });
  }
  return terms;
}

function splitTerms(text: string): string[] {
  return text.match(/(?:\\[\s\S]|[^,\\]|\\$)+/g) ?? [];
}

function unescapeValue(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (c === '\\') {
      const next = text.charAt(++i);
      if (next !== '\\' && next !== ',' && next !== '=') {
        throw new SelectorError(`invalid field selector: invalid escape sequence: \\${next}`);
      }
      out += next;
    } else if (c === ',' || c === '=') throw new SelectorError(`invalid field selector: unescaped character in value: ${c.charCodeAt(0)}`);
    else out += c;
  }
  return out;
}
