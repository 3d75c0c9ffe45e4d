import type { ListMeta } from '../../types/wire.ts';
import { expired, type StatusError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, cacheOf, formatted, keyIn, viewFor } from './call.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { tooLarge, WAIT_MS } from './get.ts';
import { type ListOptions, readListOptions } from './list-options.ts';
import { parseResourceVersion } from './resource-version.ts';
import { type Selection, selectionOf } from './selection.ts';

export interface Page {
  objects: CachedObject[];
  meta: ListMeta;
}

/** The objects of a collection, as of now or of the revision that was asked for. */
export async function list(call: Call): Promise<Answer> {
  const options = readListOptions(call.info.query, false);
  const view = viewFor(call, true);
  const { objects, meta } = await page(call, options, selectionOf(call));
  return formatted(call, { status: 200, body: view.list(objects, meta) });
}

/** Throws 410 when the revision is forgotten, 504 when it is not there yet. */
export async function page(call: Call, options: ListOptions, selection: Selection): Promise<Page> {
  const cache = cacheOf(call);
  const prefix = prefixOf(call);
  const token = options.continue ? decodeContinue(options.continue, prefix) : undefined;
  const revision = await settle(call, options, token?.revision);
  const all = cache.rangeAt(revision, prefix, token?.after);
  if (!all) throw token ? forgottenPage(cache.revision, token.after) : expired('The resourceVersion for the provided list is too old.');
  // A list that may be of any age is answered whole, whatever its limit (kube-apiserver answers it from the watch cache).
  const limit = options.resourceVersion === '0' ? 0 : options.limit;
  const result = cut(all, selection, limit, revision);
  // Lists of custom kinds are maps in Kubernetes, where an empty token shows.
  if (call.kind.custom && call.form.shape === 'object') result.meta.continue ??= '';
  return result;
}

/** Waits until the cache can answer, and says as of which revision it is to. */
async function settle(call: Call, options: ListOptions, continued: number | undefined): Promise<number> {
  const cache = cacheOf(call);
  const asked = parseResourceVersion(options.resourceVersion);
  if (continued !== undefined || asked === 0) {
    if (options.resourceVersion === '0') await cache.synced;
    else await cache.fresh();
    return continued || cache.revision;
  }
  await cache.synced;
  if (!(await cache.reached(asked, WAIT_MS))) throw tooLarge(asked, cache.revision);
  const exact = options.resourceVersionMatch === 'Exact' || (options.limit > 0 && options.resourceVersionMatch === '');
  return exact ? asked : cache.revision;
}

function cut(all: CachedObject[], selection: Selection, limit: number, revision: number): Page {
  const meta: ListMeta = { resourceVersion: String(revision) };
  if (limit <= 0 || all.length <= limit) return { objects: selection.all ? all : all.filter(selection.matches), meta };
  const objects: CachedObject[] = [];
  let at = 0;
  while (at < all.length && objects.length < limit) {
    const object = all[at++] as CachedObject;
    if (selection.all || selection.matches(object)) objects.push(object);
  }
  const last = all[at - 1];
  if (at < all.length && last) {
    meta.continue = encodeContinue({ revision, after: last.key });
    if (selection.all) meta.remainingItemCount = all.length - at;
  }
  return { objects, meta };
}

/** What the keys of the collection begin with; of one name, the key itself. */
export function prefixOf(call: Call): string {
  const { kind, info } = call;
  return kind.namespaced && info.namespace ? keyIn(kind, info.namespace, '') : '';
}

/** 410 with a token that goes on with the present objects, at the price of an inconsistent list. */
function forgottenPage(revision: number, after: string): StatusError {
  const message =
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, ' +
    'or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - ' +
    'objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.';
  const error = expired(message);
  error.status.metadata = { continue: encodeContinue({ revision: 0, after }), resourceVersion: String(revision) };
  return error;
}
