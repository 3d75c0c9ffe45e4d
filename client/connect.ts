/** The client: the typed verbs over a transport. */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../types/part/clock.ts';
import type { Log } from '../types/part/log.ts';
import type { Random } from '../types/part/random.ts';
import type { KubeList, KubeObject, Status, WatchEvent } from '../types/wire.ts';
import { lines, readAll } from './body.ts';
import type { Client, ListOptions, PatchType, WatchOptions } from './client.ts';
import { ApiError } from './errors.ts';
import { apiVersionOf, pathOf, type Resource } from './resource.ts';
import { withRetries } from './retry.ts';
import type { ApiRequest, ApiResponse, Transport } from './transport.ts';

export { connectionFromKubeconfig } from './kubeconfig.ts';

export interface ClientOptions {
  clock: Clock;
  random: Random;
  log: Log;
  /** Default `kumulus`. */
  userAgent?: string;
}

const PATCH_TYPES: Record<PatchType, string> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Components have no use for managedFields, a good half of a pod: our API server leaves them out on request, others pass the wish over. */
const ACCEPT = 'application/json;omit=managedFields, application/json';

/** A client over `transport`. Calls that are safe to repeat are repeated a few times when the server can't be reached (retry.ts). */
export function createClient(transport: Transport, options: ClientOptions): Client {
  const ended = new AbortController();
  setMaxListeners(0, ended.signal);
  const headers = { accept: ACCEPT, 'user-agent': options.userAgent ?? 'kumulus' };
  const send: Send = (method, path, body, contentType = 'application/json', signal) => {
    const request: ApiRequest = { method, path, headers, signal: signal ?? ended.signal };
    if (body !== undefined) {
      request.headers = { ...headers, 'content-type': contentType };
      request.body = JSON.stringify(body);
    }
    return transport.send(request);
  };
  const call: Call = (method, path, body, contentType, signal) =>
    withRetries(options, method, signal ?? ended.signal, async () => answerOf(await send(method, path, body, contentType, signal)));
  return { ...readVerbs(call, send), ...writeVerbs(call), raw: rawVerb(send), close: () => close(ended, transport) };
}

type Send = (method: string, path: string, body?: unknown, contentType?: string, signal?: AbortSignal) => Promise<ApiResponse>;
type Call = (method: string, path: string, body?: unknown, contentType?: string, signal?: AbortSignal) => Promise<unknown>;

function close(ended: AbortController, transport: Transport): void {
  ended.abort();
  transport.close();
}

function readVerbs(call: Call, send: Send): Pick<Client, 'get' | 'list' | 'watch'> {
  return {
    get: <T extends KubeObject>(resource: Resource<T>, name: string, namespace?: string) =>
      call('GET', pathOf(resource, at({ name, namespace }))) as Promise<T>,
    list: <T extends KubeObject>(resource: Resource<T>, options: ListOptions = {}) =>
      call('GET', pathOf(resource, at(options)) + query(options), undefined, undefined, options.signal) as Promise<KubeList<T>>,
    watch: <T extends KubeObject>(resource: Resource<T>, options: WatchOptions) => watch<T>(send, resource, options),
  };
}

function writeVerbs(call: Call): Pick<Client, 'create' | 'update' | 'patch' | 'delete' | 'post'> {
  return {
    create: <T extends KubeObject>(resource: Resource<T>, object: T) =>
      call('POST', pathOf(resource, at({ namespace: object.metadata?.namespace })), typed(resource, object)) as Promise<T>,
    update: <T extends KubeObject>(resource: Resource<T>, object: T, subresource?: 'status') =>
      call('PUT', pathOf(resource, placeOf(object, subresource)), typed(resource, object)) as Promise<T>,
    patch: <T extends KubeObject>(resource: Resource<T>, where: Parameters<Client['patch']>[1], type: PatchType, patch: unknown) =>
      call('PATCH', pathOf(resource, where), patch, PATCH_TYPES[type]) as Promise<T>,
    delete: async (resource, where, options) => {
      const body = options && { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
      await call('DELETE', pathOf(resource, where), body);
    },
    post: <Answer>(resource: Resource<KubeObject>, where: { name: string; namespace?: string; subresource: string }, body: KubeObject) =>
      call('POST', pathOf(resource, where), body) as Promise<Answer>,
  };
}

function rawVerb(send: Send): Client['raw'] {
  return async (method, path, body) => {
    const answer = await send(method, path, body);
    return { status: answer.status, body: parsed(await readAll(answer.body)) };
  };
}

async function* watch<T extends KubeObject>(send: Send, resource: Resource<T>, options: WatchOptions): AsyncGenerator<WatchEvent<T>> {
  const path = pathOf(resource, at(options)) + query({ allowWatchBookmarks: true, ...options, watch: true });
  const answer = await send('GET', path, undefined, undefined, options.signal);
  if (answer.status !== 200) await answerOf(answer);
  for await (const line of lines(answer.body)) yield JSON.parse(line) as WatchEvent<T>;
}

interface Where {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
}

function at(where: Where): { namespace?: string; name?: string; subresource?: string } {
  const out: { namespace?: string; name?: string; subresource?: string } = {};
  if (where.namespace) out.namespace = where.namespace;
  if (where.name !== undefined) out.name = where.name;
  if (where.subresource) out.subresource = where.subresource;
  return out;
}

const placeOf = (object: KubeObject, subresource?: string) =>
  at({ name: object.metadata?.name, namespace: object.metadata?.namespace, subresource });

const PARAMETERS = [
  'watch',
  'allowWatchBookmarks',
  'timeoutSeconds',
  'labelSelector',
  'fieldSelector',
  'limit',
  'continue',
  'resourceVersion',
] as const;

function query(options: WatchOptions & { watch?: boolean }): string {
  let text = '';
  for (const name of PARAMETERS) {
    const value = options[name];
    if (value !== undefined && value !== '') text += `${text ? '&' : '?'}${name}=${encodeURIComponent(String(value))}`;
  }
  return text;
}

/** Items of a list carry neither apiVersion nor kind, but what is sent must. */
function typed<T extends KubeObject>(resource: Resource<T>, object: T): T {
  return object.kind && object.apiVersion ? object : { ...object, apiVersion: apiVersionOf(resource), kind: resource.kind };
}

function parsed(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function answerOf(answer: ApiResponse): Promise<unknown> {
  const body = parsed(await readAll(answer.body));
  if (answer.status >= 200 && answer.status < 300) return body;
  const after = Number(answer.headers['retry-after']);
  throw new ApiError(asStatus(answer.status, body), after >= 0 ? after * 1000 : undefined);
}

function asStatus(code: number, body: unknown): Status {
  const status = body as Status | null;
  if (typeof status === 'object' && status?.kind === 'Status') return { ...status, code: status.code ?? code };
  const message = `the server answered ${code}: ${typeof body === 'string' ? body.slice(0, 200) : JSON.stringify(body)}`;
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
}
