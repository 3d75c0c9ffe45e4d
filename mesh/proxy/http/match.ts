/** Which rule of a table a request falls under. */
import type { IncomingMessage } from 'node:http';
import type { RouteEntry, RoutesConfig } from '../../config/resource.ts';

/** The entries stand in order of precedence: the first that matches wins. Undefined: none does. */
export function matchEntry(table: RoutesConfig, request: IncomingMessage): RouteEntry | undefined {
  const url = request.url as string;
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  let query: URLSearchParams | undefined;
  for (const entry of table.entries) {
    if (!matchesPath(entry, path)) continue;
    if (entry.method && entry.method !== request.method) continue;
    if (entry.headers && !matchesHeaders(entry.headers, request)) continue;
    if (entry.query) {
      query ??= new URLSearchParams(mark < 0 ? '' : url.slice(mark));
      if (!matchesQuery(entry.query, query)) continue;
    }
    return entry;
  }
  return undefined;
}

/** A prefix matches whole elements: "/abc" matches "/abc" and "/abc/def", not "/abcd". */
function matchesPath({ path }: RouteEntry, actual: string): boolean {
  if ('exact' in path) return path.exact === actual;
  const { prefix } = path;
  if (prefix === '/') return true;
  if (!actual.startsWith(prefix)) return false;
  return actual.length === prefix.length || actual.charCodeAt(prefix.length) === 47;
}

function matchesHeaders(wanted: [name: string, value: string][], request: IncomingMessage): boolean {
  return wanted.every(([name, value]) => {
    const actual = request.headers[name];
    return (Array.isArray(actual) ? actual.join(', ') : actual) === value;
  });
}

/** Of a parameter given twice the first counts. */
function matchesQuery(wanted: [name: string, value: string][], query: URLSearchParams): boolean {
  return wanted.every(([name, value]) => query.get(name) === value);
}
