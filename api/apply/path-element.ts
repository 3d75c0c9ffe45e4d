/**
 * One step of a path to a field, in the text form of `fieldsV1`: `f:NAME` a field or a map's key, `k:{"name":"a"}` the element of a list that
 * has these keys, `v:VALUE` an element of a set, `i:INDEX`. Canonical texts can be compared as strings; everything here is about making and
 * reading them (sigs.k8s.io/structured-merge-diff: fieldpath/serialize-pe.go).
 */
import type { Json } from '../../types/kinds/kind.ts';
import { goQuote, goText } from './go-text.ts';

export const fieldElement = (name: string): string => `f:${name}`;

export const indexElement = (index: number): string => `i:${index}`;

export const valueElement = (value: Json): string => `v:${scalarJson(value)}`;

/** `keys` must be sorted by name. Keys whose value is undefined are left out. */
export function keyElement(keys: readonly string[], values: readonly (Json | undefined)[]): string {
  let text = '';
  for (let i = 0; i < keys.length; i++) {
    const value = values[i];
    if (value === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(keys[i])}:${scalarJson(value)}`;
  }
  return `k:{${text}}`;
}

const ESCAPED = /[<>&\u2028\u2029]/;

/** Go's JSON encoder writes what matters to HTML as escapes. */
function scalarJson(value: Json): string {
  const text = JSON.stringify(value);
  if (!ESCAPED.test(text)) return text;
  return text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The name that a field element has; undefined for the others. */
export const fieldName = (element: string): string | undefined => (element.startsWith('f:') ? element.slice(2) : undefined);

/** As messages show it: `.spec`, `[name="a"]`, `[="x"]`, `[3]`. */
export function showElement(element: string): string {
  const rest = element.slice(2);
  switch (element.charCodeAt(0)) {
    case 102: // f
      return `.${rest}`;
    case 107: {
      const keys = JSON.parse(rest) as Record<string, Json>;
      return `[${Object.keys(keys)
        .sort()
        .map((key) => `${key}=${showValue(keys[key] as Json)}`)
        .join(',')}]`;
    }
    case 118: // v
      return `[=${showValue(JSON.parse(rest))}]`;
    default:
      return `[${rest}]`;
  }
}

const showValue = (value: Json): string => (typeof value === 'string' ? goQuote(value) : goText(value));

const FIELD = 102;
const RANK: Record<string, number> = { '.': 0, f: 1, k: 2, v: 3, i: 4 };

/** The order in which `fieldsV1` lists its elements: itself, fields by name, keys, values, indexes. */
export function compareElements(a: string, b: string): number {
  if (a.charCodeAt(0) === FIELD && b.charCodeAt(0) === FIELD) return a < b ? -1 : a > b ? 1 : 0;
  const kind = a[0] ?? '';
  const rank = (RANK[kind] ?? 5) - (RANK[b[0] ?? ''] ?? 5);
  if (rank !== 0) return rank;
  if (kind === 'k') return compareKeys(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
  if (kind === 'v') return compareValues(JSON.parse(a.slice(2)), JSON.parse(b.slice(2)));
  if (kind === 'i') return Number(a.slice(2)) - Number(b.slice(2));
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareKeys(a: Record<string, Json>, b: Record<string, Json>): number {
  const left = Object.keys(a).sort();
  const right = Object.keys(b).sort();
  for (let i = 0; i < left.length && i < right.length; i++) {
    const l = left[i] as string;
    const r = right[i] as string;
    if (l !== r) return l < r ? -1 : 1;
    const order = compareValues(a[l] as Json, b[r] as Json);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const VALUE_RANK: Record<string, number> = { number: 0, string: 1, boolean: 2, object: 3 };

function compareValues(a: Json, b: Json): number {
  const rank = (VALUE_RANK[typeof a] ?? 4) - (VALUE_RANK[typeof b] ?? 4);
  if (rank !== 0) return rank;
  const [left, right] = typeof a === 'object' ? [JSON.stringify(a), JSON.stringify(b)] : [a as string, b as string];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The canonical text of an element that a client wrote. Undefined: of no known sort, to be passed over. Throws for one that can't be read. */
export function parseElement(text: string): string | undefined {
  if (text.length < 2) throw new Error('key must be 2 characters long:');
  if (text[1] !== ':') throw new Error(`missing colon: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f':
      return text;
    case 'v':
      return valueElement(JSON.parse(rest));
    case 'k': {
      const keys = JSON.parse(rest) as Record<string, Json>;
      if (typeof keys !== 'object' || keys === null || Array.isArray(keys)) throw new Error(`not a map of keys: ${text}`);
      const names = Object.keys(keys).sort();
      return keyElement(
        names,
        names.map((name) => keys[name]),
      );
    }
    case 'i':
      if (!/^[+-]?\d+$/.test(rest)) throw new Error(`not an index: ${text}`);
      return indexElement(Number(rest));
    default:
      return undefined;
  }
}
