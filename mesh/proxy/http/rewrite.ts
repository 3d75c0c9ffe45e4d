/** What a rule's filters make of a request's target, its headers, and a response's headers. Headers are flat: name, value, name, value… */
import type { IncomingMessage } from 'node:http';
import type { RouteEntry, RuleConfig } from '../../config/resource.ts';
import type { HeaderEdits, PathEdit } from '../../ir/ir.ts';
import { HOP_BY_HOP } from './head.ts';

/** The head of the request as the endpoint gets it, with its empty line. `upgrade`: the protocol to switch to. */
export function requestHead(
  request: IncomingMessage,
  entry: RouteEntry | undefined,
  rule: RuleConfig | undefined,
  upgrade?: string,
): string {
  const path = rule?.rewrite?.path;
  const target = path && entry ? editPath(request.url as string, path, entry) : request.url;
  let head = `${request.method} ${target} HTTP/1.1\r\n`;
  const headers = rule?.requestHeaders ? editHeaders(forwarded(request, rule), rule.requestHeaders) : forwarded(request, rule);
  for (let i = 0; i < headers.length; i += 2) head += `${headers[i]}: ${headers[i + 1]}\r\n`;
  if (request.headers['transfer-encoding'] !== undefined) head += 'transfer-encoding: chunked\r\n';
  if (upgrade !== undefined) head += `connection: upgrade\r\nupgrade: ${upgrade}\r\n`;
  return `${head}\r\n`;
}

/** The request's headers without those of the client's connection, with the client's address added. */
function forwarded(request: IncomingMessage, rule: RuleConfig | undefined): string[] {
  const raw = request.rawHeaders;
  const named = request.headers.connection;
  const dropped =
    named && !PLAIN.test(named)
      ? named
          .toLowerCase()
          .split(',')
          .map((name) => name.trim())
      : undefined;
  const out: string[] = [];
  let via = request.socket.remoteAddress ?? '';
  let proto = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    const lower = name.toLowerCase();
    if (lower === 'x-forwarded-for') via = `${value}, ${via}`;
    else if (lower === 'host' && rule?.rewrite?.hostname) out.push(name, rule.rewrite.hostname);
    else if (!HOP_BY_HOP.has(lower) && lower !== 'expect' && !(dropped?.includes(lower) && !KEPT.has(lower))) {
      if (lower === 'x-forwarded-proto') proto = true;
      out.push(name, value);
    }
  }
  out.push('x-forwarded-for', via);
  // An HTTP/1.0 client need not say which host it means; an HTTP/1.1 endpoint must be told one.
  if (request.headers.host === undefined) out.push('host', request.socket.localAddress ?? 'localhost');
  if (!proto) out.push('x-forwarded-proto', 'http');
  return out;
}

/** The two common values of Connection, which name no other header. */
const PLAIN = /^(keep-alive|close)$/i;
/** Headers that a Connection header can't take away: without them the message would mean something else. */
const KEPT = new Set(['host', 'content-length']);

/** Sets, adds, removes: in this order, as HTTPHeaderFilter has it. */
export function editHeaders(headers: string[], edits: HeaderEdits): string[] {
  const gone = new Set(edits.remove);
  for (const [name] of edits.set) gone.add(name.toLowerCase());
  const added = new Map(edits.add.map(([name, value]) => [name.toLowerCase(), value]));
  const out: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const lower = name.toLowerCase();
    if (gone.has(lower)) continue;
    const more = added.get(lower);
    // An added value joins the one that is there.
    out.push(name, more === undefined ? (headers[i + 1] as string) : `${headers[i + 1]}, ${more}`);
    if (more !== undefined) added.delete(lower);
  }
  for (const [name, value] of edits.set) out.push(name, value);
  for (const [name, value] of edits.add) if (added.has(name.toLowerCase())) out.push(name, value);
  return out;
}

/** A request in absolute form (`GET http://host/path`) goes on in origin form. */
export function originForm(url: string): string {
  if (url.startsWith('/') || url === '*') return url;
  const target = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '');
  return target.startsWith('/') ? target : `/${target}`;
}

export function editPath(url: string, edit: PathEdit, entry: RouteEntry): string {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark);
  if ('full' in edit) return `${edit.full || '/'}${query}`;
  const prefix = 'prefix' in entry.path && entry.path.prefix !== '/' ? entry.path.prefix : '';
  const rest = path.slice(prefix.length);
  const joined = `${edit.prefix.replace(/\/+$/, '')}${rest.startsWith('/') || rest === '' ? rest : `/${rest}`}`;
  return `${joined || '/'}${query}`;
}

/** Where a redirect leads. `port` is the one that the client called. */
export function redirectLocation(request: IncomingMessage, entry: RouteEntry, rule: RuleConfig, port: number): string {
  const redirect = rule.redirect as NonNullable<RuleConfig['redirect']>;
  const scheme = redirect.scheme ?? 'http';
  const host = redirect.hostname ?? (request.headers.host ?? '').replace(/:\d+$/, '');
  const standard = scheme === 'https' ? 443 : 80;
  // With a scheme and no port the scheme's own port is meant; with neither, the port that was called (HTTPRequestRedirectFilter).
  const to = redirect.port ?? (redirect.scheme ? standard : port);
  const target = redirect.path ? editPath(request.url as string, redirect.path, entry) : request.url;
  return `${scheme}://${host}${to === standard ? '' : `:${to}`}${target}`;
}
