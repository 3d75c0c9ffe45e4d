/** A rule's filters, checked. */
import { isFieldValue, isFraming, isHostname, isTarget, isToken } from '../gateway/syntax.ts';
import type { HTTPHeaderFilter, HTTPPathModifier, HTTPRouteFilter } from '../gateway/types.ts';
import type { HeaderEdits, MatchIr, PathEdit, RedirectIr, RuleIr } from './ir.ts';
import type { Checked } from './match.ts';

export type Filters = Pick<RuleIr, 'requestHeaders' | 'responseHeaders' | 'rewrite' | 'redirect'>;

const REDIRECTS = [301, 302, 303, 307, 308];

/** The filters of one rule together; each type at most once, and a redirect not with a rewrite, as Gateway API has it. */
export function checkFilters(filters: HTTPRouteFilter[], matches: MatchIr[]): Checked<Filters> {
  const value: Filters = {};
  const seen = new Set<string>();
  for (const filter of filters) {
    if (seen.has(filter.type)) return { fault: `filter ${filter.type} is given twice` };
    seen.add(filter.type);
    const fault = addFilter(value, filter);
    if (fault) return { fault };
  }
  if (value.redirect && value.rewrite) return { fault: 'RequestRedirect and URLRewrite can not be used together' };
  const edit = value.redirect?.path ?? value.rewrite?.path;
  if (edit && 'prefix' in edit && matches.some((match) => !('prefix' in match.path))) {
    return { fault: 'ReplacePrefixMatch needs a match of type PathPrefix' };
  }
  return { value };
}

/** Adds one filter to those of the rule; returns what is wrong with it. */
function addFilter(into: Filters, filter: HTTPRouteFilter): string | undefined {
  const checked = checkOne(filter);
  if ('fault' in checked) return checked.fault;
  Object.assign(into, checked.value);
  return undefined;
}

function checkOne(filter: HTTPRouteFilter): Checked<Filters> {
  switch (filter.type) {
    case 'RequestHeaderModifier':
      return named('requestHeaders', checkHeaders(filter.requestHeaderModifier ?? {}));
    case 'ResponseHeaderModifier':
      return named('responseHeaders', checkHeaders(filter.responseHeaderModifier ?? {}));
    case 'RequestRedirect':
      return named('redirect', checkRedirect(filter.requestRedirect ?? {}));
    case 'URLRewrite':
      return named('rewrite', checkRewrite(filter.urlRewrite ?? {}));
    default:
      return { fault: `filter ${filter.type} is not supported` };
  }
}

function named<K extends keyof Filters>(key: K, checked: Checked<Filters[K]>): Checked<Filters> {
  return 'fault' in checked ? checked : { value: { [key]: checked.value } };
}

function checkHeaders(filter: HTTPHeaderFilter): Checked<HeaderEdits> {
  for (const name of [...(filter.set ?? []), ...(filter.add ?? [])].map((h) => h.name).concat(filter.remove ?? [])) {
    if (!isToken(name)) return { fault: `"${name}" is not the name of a header` };
    if (isFraming(name)) return { fault: `header ${name} can not be modified` };
  }
  const bad = [...(filter.set ?? []), ...(filter.add ?? [])].find((header) => !isFieldValue(header.value));
  if (bad) return { fault: `the value for header ${bad.name} holds characters that a header can not` };
  const pairs = (headers: { name: string; value: string }[] = []) => headers.map((h): [string, string] => [h.name, h.value]);
  return { value: { set: pairs(filter.set), add: pairs(filter.add), remove: (filter.remove ?? []).map((n) => n.toLowerCase()) } };
}

function checkRedirect(filter: NonNullable<HTTPRouteFilter['requestRedirect']>): Checked<RedirectIr> {
  const status = filter.statusCode ?? 302;
  if (!REDIRECTS.includes(status)) return { fault: `redirect status ${status} is not one of ${REDIRECTS.join(', ')}` };
  if (filter.scheme && filter.scheme !== 'http' && filter.scheme !== 'https')
    return { fault: `redirect scheme ${filter.scheme} is not known` };
  if (filter.hostname !== undefined && !isHostname(filter.hostname)) return { fault: `"${filter.hostname}" is not a host name` };
  const value: RedirectIr = { status };
  if (filter.scheme) value.scheme = filter.scheme;
  if (filter.hostname) value.hostname = filter.hostname;
  if (filter.port) value.port = filter.port;
  return withPath(value, filter.path);
}

function checkRewrite(filter: NonNullable<HTTPRouteFilter['urlRewrite']>): Checked<NonNullable<Filters['rewrite']>> {
  if (filter.hostname !== undefined && !isHostname(filter.hostname)) return { fault: `"${filter.hostname}" is not a host name` };
  const value: NonNullable<Filters['rewrite']> = filter.hostname ? { hostname: filter.hostname } : {};
  return withPath(value, filter.path);
}

function withPath<T extends { path?: PathEdit }>(value: T, path: HTTPPathModifier | undefined): Checked<T> {
  if (!path) return { value };
  const to = path.type === 'ReplaceFullPath' ? path.replaceFullPath : path.replacePrefixMatch;
  if (to === undefined || !isTarget(to)) return { fault: `path modifier ${path.type} has no usable value` };
  if (path.type === 'ReplaceFullPath') return { value: { ...value, path: { full: to } } };
  if (path.type === 'ReplacePrefixMatch') return { value: { ...value, path: { prefix: to } } };
  return { fault: `path modifier ${path.type} is not supported` };
}
