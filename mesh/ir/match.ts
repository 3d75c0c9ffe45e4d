/** A rule's match, checked. A fault is a sentence about the value that can't be honoured. */
import { isToken } from '../gateway/syntax.ts';
import type { HTTPRouteMatch, NamedMatch } from '../gateway/types.ts';
import type { MatchIr } from './ir.ts';

/** What becomes of a value that a user wrote. */
export type Checked<T> = { value: T } | { fault: string };

export const ANY: MatchIr = { path: { prefix: '/' }, headers: [], query: [] };

/**
 * Regular expressions are refused: they are implementation-specific in Gateway API, and one that backtracks would hold up every
 * other request of the proxy.
 */
export function checkMatch(match: HTTPRouteMatch): Checked<MatchIr> {
  const path = checkPath(match);
  if ('fault' in path) return path;
  for (const one of [...(match.headers ?? []), ...(match.queryParams ?? [])]) {
    if ((one.type ?? 'Exact') !== 'Exact') return { fault: `match type ${one.type} of "${one.name}" is not supported; use Exact` };
  }
  const bad = match.headers?.find((header) => !isToken(header.name));
  if (bad) return { fault: `"${bad.name}" is not the name of a header` };
  const value: MatchIr = {
    path: path.value,
    headers: firstOfEach((match.headers ?? []).map(lowered)),
    query: firstOfEach(match.queryParams ?? []),
  };
  if (match.method) value.method = match.method;
  return { value };
}

function checkPath({ path }: HTTPRouteMatch): Checked<MatchIr['path']> {
  const type = path?.type ?? 'PathPrefix';
  const value = path?.value ?? '/';
  if (type !== 'Exact' && type !== 'PathPrefix') return { fault: `path match type ${type} is not supported; use Exact or PathPrefix` };
  if (!value.startsWith('/')) return { fault: `path "${value}" does not begin with "/"` };
  if (type === 'Exact') return { value: { exact: value } };
  // "/abc/" and "/abc" are the same prefix: whole elements are compared.
  return { value: { prefix: value === '/' ? value : value.replace(/\/+$/, '') || '/' } };
}

const lowered = (match: NamedMatch): NamedMatch => ({ ...match, name: match.name.toLowerCase() });

/** Of entries with an equivalent name only the first counts (HTTPHeaderMatch, HTTPQueryParamMatch). */
function firstOfEach(matches: NamedMatch[]): [name: string, value: string][] {
  const found = new Map<string, string>();
  for (const { name, value } of matches) if (!found.has(name)) found.set(name, value);
  return [...found];
}
