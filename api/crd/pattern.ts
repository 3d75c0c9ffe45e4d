/** Patterns of schemas, which are written for Go's RE2, as JavaScript's regular expressions. */
import { setFlagsFromString } from 'node:v8';

/**
 * RE2 never takes longer than its text; V8's usual engine may take forever on `(a+)+$`. With this it changes over to one that does not when it
 * has gone back too often, but for patterns with the `u` flag.
 */
const LINEAR_TIME = '--enable-experimental-regexp-engine-on-excessive-backtracks';

/** Only what needs it has the `u` flag: classes of Unicode, and characters beyond 16 bits. */
const NEEDS_UNICODE = /\\[pP]|[\ud800-\udfff]/;

/** undefined: not a pattern, or one that JavaScript can't read. */
export function compilePattern(pattern: string): RegExp | undefined {
  setFlagsFromString(LINEAR_TIME);
  try {
    return new RegExp(translated(pattern), NEEDS_UNICODE.test(pattern) ? 'u' : '');
  } catch {
    return undefined;
  }
}

const POSIX: Record<string, string> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: '\\t\\n\\v\\f\\r ',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** RE2's own spellings: text anchors, names of groups, POSIX classes, `\pL`, and flags at the start of the pattern. */
function translated(pattern: string): string {
  const spelt = pattern
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$')
    .replaceAll('(?P<', '(?<')
    .replace(/\\([pP])([A-Z])(?!\{)/g, '\\$1{$2}')
    .replace(/\[:(\w+):\]/g, (all, name: string) => POSIX[name] ?? all);
  const flags = /^\(\?([ims]+)\)(.*)$/s.exec(spelt);
  return flags ? `(?${flags[1]}:${flags[2]})` : spelt;
}
