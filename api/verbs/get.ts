import { failure, notFound } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, cacheOf, keyOf, objectAnswer } from './call.ts';
import { parseResourceVersion } from './resource-version.ts';

/** How long a read waits for a resourceVersion that is not there yet (k8s.io/apiserver/pkg/storage/cacher: blockTimeout). */
export const WAIT_MS = 3000;

/** One object: as of now, or, when a resourceVersion is given, not older than that. */
export async function get(call: Call): Promise<Answer> {
  return objectAnswer(call, await read(call));
}

/** The object that the request names, read as its resourceVersion parameter says. Throws 404. */
export async function read(call: Call): Promise<CachedObject> {
  const cache = cacheOf(call);
  const asked = call.info.query.get('resourceVersion');
  if (!asked) await cache.fresh();
  else {
    const revision = parseResourceVersion(asked);
    await cache.synced;
    if (!(await cache.reached(revision, WAIT_MS))) throw tooLarge(revision, cache.revision);
  }
  const object = cache.get(keyOf(call));
  if (!object) throw notFound(call.kind, call.info.name);
  return object;
}

/** A revision that is not there even after a wait (k8s.io/apiserver/pkg/storage: NewTooLargeResourceVersionError). */
export function tooLarge(asked: number, current: number) {
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  const error = failure(504, 'Timeout', `Too large resource version: ${asked}, current: ${current}`, { causes, retryAfterSeconds: 1 });
  error.headers['Retry-After'] = '1';
  return error;
}
