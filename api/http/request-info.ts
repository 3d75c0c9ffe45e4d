/** What a request asks for, read off its method, path and query (k8s.io/apiserver/pkg/endpoints/request: RequestInfo). */
import { badRequest, noSuchPath } from '../errors.ts';

export interface RequestInfo {
  /** `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `deletecollection`; of other paths the method in small letters. */
  verb: string;
  isResource: boolean;
  /** Without the query. */
  path: string;
  query: URLSearchParams;
  /** The fields from here on are empty unless `isResource`. */
  group: string;
  version: string;
  namespace: string;
  /** The plural. */
  resource: string;
  subresource: string;
  name: string;
  /** What follows the subresource, of `proxy` alone. */
  rest: string[];
}

const NO_QUERY = new URLSearchParams();
const VERBS: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete', GET: 'get', HEAD: 'get' };

/** Throws a 404 or 400 `StatusError` for what can't be a path of ours. */
export function parseRequestInfo(method: string, url: string): RequestInfo {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? NO_QUERY : new URLSearchParams(url.slice(mark + 1));
  const info = nonResource(method, path, query);
  const parts = path.split('/');
  parts.shift();
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return info;
  const first = core ? 2 : 3;
  if (parts.length <= first || (parts.length === first + 1 && parts[first] === '')) return info;
  info.group = core ? '' : (parts[1] ?? '');
  info.version = parts[first - 1] ?? '';
  readResource(info, method, parts.slice(first).map(decode));
  return info;
}

function nonResource(method: string, path: string, query: URLSearchParams): RequestInfo {
  return {
    verb: method.toLowerCase(),
    isResource: false,
    path,
    query,
    group: '',
    version: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: [],
  };
}

function decode(part: string): string {
  if (!part.includes('%')) return part;
  let text: string;
  try {
    text = decodeURIComponent(part);
  } catch {
    throw badRequest(`invalid URL escape in ${JSON.stringify(part)}`);
  }
  if (text.includes('/')) throw noSuchPath();
  return text;
}

function readResource(info: RequestInfo, method: string, given: string[]): void {
  let parts = given;
  info.isResource = true;
  info.verb = VERBS[method] ?? method.toLowerCase();
  const watchPrefix = parts[0] === 'watch';
  if (watchPrefix) parts = parts.slice(1);
  // /namespaces/NAME/RESOURCE is inside a namespace, but status and finalize are the namespace's own.
  if (parts[0] === 'namespaces' && parts.length > 2 && !(parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize'))) {
    info.namespace = parts[1] ?? '';
    parts = parts.slice(2);
  } else if (parts[0] === 'namespaces') info.namespace = parts[1] ?? '';
  info.resource = parts[0] ?? '';
  info.name = parts[1] ?? '';
  info.subresource = parts[2] ?? '';
  info.rest = parts.slice(3);
  if (info.resource === '' || (info.rest.length > 0 && info.subresource !== 'proxy') || hasGap(parts)) throw noSuchPath();
  refineVerb(info, watchPrefix);
}

/** `a//b` is a path that nothing serves; a slash at the end is forgiven. */
function hasGap(parts: string[]): boolean {
  return parts.some((part, i) => part === '' && i < parts.length - 1 && parts[2] !== 'proxy');
}

function refineVerb(info: RequestInfo, watchPrefix: boolean): void {
  if (watchPrefix) info.verb = 'watch';
  if (info.name !== '') return;
  if (info.verb === 'get') info.verb = isTrue(info.query.get('watch')) ? 'watch' : 'list';
  else if (info.verb === 'delete') info.verb = 'deletecollection';
}

/** How query parameters of type bool are read: present and neither `false` nor `0`. */
export function isTrue(value: string | null): boolean {
  return value !== null && value !== 'false' && value !== '0';
}
