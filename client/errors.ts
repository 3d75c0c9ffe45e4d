/** What a call of the API can fail with, and what each failure means for the caller. */
import type { Status } from '../types/wire.ts';

/** The server answered with a `Status` of failure (or with something else than 2xx, which is then put into one). */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: Status;
  readonly code: number;
  /** `NotFound`, `Conflict`, …; empty when the server gave none. */
  readonly reason: string;
  /** Milliseconds that the server asked to wait (`Retry-After`). */
  readonly retryAfter: number | undefined;
  constructor(status: Status, retryAfter?: number) {
    super(status.message ?? `the server answered ${status.code}`);
    this.status = status;
    this.code = status.code;
    this.reason = status.reason ?? '';
    this.retryAfter = retryAfter;
  }
}

/** The request, or its answer, was lost on the way. `sent` false: the server can't have seen it. */
export class TransportError extends Error {
  override name = 'TransportError';
  readonly code: string;
  readonly sent: boolean;
  constructor(message: string, code: string, sent: boolean, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.sent = sent;
  }
}

const isApi = (error: unknown, code: number, reason?: string): error is ApiError =>
  error instanceof ApiError && error.code === code && (reason === undefined || error.reason === reason);

export const isNotFound = (error: unknown): error is ApiError => isApi(error, 404);
export const isAlreadyExists = (error: unknown): error is ApiError => isApi(error, 409, 'AlreadyExists');
/** Somebody else changed the object, or a precondition does not hold. */
export const isConflict = (error: unknown): error is ApiError => isApi(error, 409) && error.reason !== 'AlreadyExists';
/** The asked resourceVersion is older than the log: list again. */
export const isGone = (error: unknown): error is ApiError => isApi(error, 410);
export const isForbidden = (error: unknown): error is ApiError => isApi(error, 403);
export const isInvalid = (error: unknown): error is ApiError => isApi(error, 422);

/** A create was refused because its namespace is being deleted: nothing that comes again will help. */
export const isNamespaceTerminating = (error: unknown): error is ApiError =>
  isForbidden(error) && (error.status.details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating');

export type RetryCause = 'refused' | 'timeout' | 'unavailable' | 'throttled';

const REFUSED = new Set(['ECONNREFUSED', 'ENOENT', 'EADDRNOTAVAIL', 'ENETUNREACH', 'EHOSTUNREACH', 'ENOTFOUND', 'EAI_AGAIN']);

/** Why the same call may succeed a little later; undefined: it will not. */
export function retryCause(error: unknown): RetryCause | undefined {
  if (error instanceof TransportError) {
    if (REFUSED.has(error.code)) return 'refused';
    return error.code === 'ETIMEDOUT' ? 'timeout' : 'unavailable';
  }
  if (!(error instanceof ApiError)) return undefined;
  if (error.code === 429) return 'throttled';
  if (error.code === 504 || error.reason === 'Timeout' || error.reason === 'ServerTimeout') return 'timeout';
  return error.code >= 500 ? 'unavailable' : undefined;
}

/** True when the same call may succeed a little later: refused, timeout, unavailable, throttled. */
export const isRetryable = (error: unknown): boolean => retryCause(error) !== undefined;
