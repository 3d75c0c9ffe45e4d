/** The one place that writes answers: bytes with their headers, and errors as `Status`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Compacted, StoreUnavailable } from '../../store/errors.ts';
import type { Log } from '../../types/part/log.ts';
import type { Status } from '../../types/wire.ts';
import { expired, internal, StatusError, unavailable } from '../errors.ts';

export type HttpRequest = IncomingMessage | Http2ServerRequest;
export type HttpResponse = ServerResponse | Http2ServerResponse;

export interface Answer {
  status: number;
  body: Buffer;
  /** The media type of the body; default application/json, empty: none. */
  type?: string;
  headers?: Record<string, string>;
}

/** An answer that writes itself: the stream of a watch. */
export interface StreamAnswer {
  stream(response: HttpResponse): void;
}

export function jsonAnswer(value: unknown, status = 200): Answer {
  return { status, body: Buffer.from(JSON.stringify(value)) };
}

export function textAnswer(text: string, status = 200): Answer {
  return { status, body: Buffer.from(text), type: 'text/plain; charset=utf-8' };
}

/** Warnings become headers as RFC 7234 writes them, under code 299. */
export function writeAnswer(response: HttpResponse, answer: Answer, warnings: readonly string[], withBody: boolean): void {
  const res = response as ServerResponse;
  const headers: Record<string, string | string[] | number> = {
    'cache-control': 'no-cache, private',
    ...answer.headers,
  };
  if (answer.type !== '') headers['content-type'] = answer.type ?? 'application/json';
  // 204 and 304 have no body and say nothing of its length.
  if (answer.status !== 304 && answer.status !== 204) headers['content-length'] = answer.body.length;
  if (warnings.length > 0) headers.warning = warningHeaders(warnings);
  res.writeHead(answer.status, headers);
  if (withBody && answer.body.length > 0) res.end(answer.body);
  else res.end();
}

export function warningHeaders(warnings: readonly string[]): string[] {
  return [...new Set(warnings)].map((text) => `299 - "${text.replace(/[\\"]/g, '\\$&').replace(/[^\x20-\x7e]/g, ' ')}"`);
}

/** What failed, as the Status that the client is told. What nobody foresaw is logged and is a 500 without its details. */
export function statusOf(error: unknown, log: Log, what: { method?: string; url?: string }): StatusError {
  if (error instanceof StatusError) return error;
  if (error instanceof StoreUnavailable) return unavailable(`the store is unavailable: ${error.message}`);
  if (error instanceof Compacted) return expired('The resourceVersion for the provided list is too old.');
  log.error({ error, ...what }, 'request failed unexpectedly');
  return internal('the server has failed; its log says why');
}

export function errorAnswer({ status, headers }: StatusError): Answer {
  return { status: status.code, body: Buffer.from(JSON.stringify(ordered(status))), headers };
}

/** Kubernetes writes kind first; reason is left out where there is none. */
function ordered(status: Status): Status {
  const { kind, apiVersion, metadata, status: outcome, ...rest } = status;
  return { kind, apiVersion, metadata, status: outcome, ...rest };
}
