/** JSON values as Go's fmt prints them, which is what messages of structured merges hold. */
import type { Json } from '../../types/kinds/kind.ts';

/** `%v`: `map[a:1 b:2]`, `[x y]`, `<nil>`. */
export function goText(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const shown = Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key] as Json)}`);
  return `map[${shown.join(' ')}]`;
}

/** `%#v`: `map[string]interface {}{"a":1}`, `"x"`. */
export function goSyntax(value: Json): string {
  if (value === null) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (typeof value !== 'object') return String(value);
  const shown = Object.keys(value)
    .sort()
    .map((key) => `${goQuote(key)}:${goSyntax(value[key] as Json)}`);
  return `map[string]interface {}{${shown.join(', ')}}`;
}

/** `%T`. */
export function goTypeName(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

/** Go's escapes that JSON writes otherwise. */
const ESCAPES: Record<string, string> = { '\u0007': '\\a', '\u000b': '\\v', '\u007f': '\\x7f' };

/** `%q`. */
export function goQuote(text: string): string {
  return JSON.stringify(text).replace(/\\u00([01][0-9a-f])|\u007f/g, (whole, hex?: string) => {
    const char = hex === undefined ? whole : String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPES[char] ?? `\\x${hex}`;
  });
}
