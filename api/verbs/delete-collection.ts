import { StatusError } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import { type Call, formatted, viewFor } from './call.ts';
import { deleteObject } from './delete.ts';
import { type DeleteOptions, readDeleteOptions } from './delete-options.ts';
import { page } from './list.ts';
import { readListOptions } from './list-options.ts';
import { selectionOf } from './selection.ts';
import { type WriteContext, writeContextOf } from './write-context.ts';

/** How many objects are deleted at once. */
const WORKERS = 32;

/** Deletes every selected object of a namespace (or of the cluster's kinds) and answers with the list of them as they were. */
export async function deleteCollection(call: Call): Promise<Answer> {
  const options = await readDeleteOptions(call);
  const view = viewFor(call, true);
  const { objects, meta } = await page(call, readListOptions(call.info.query, false), selectionOf(call));
  const context = writeContextOf(call, { dryRun: (options.dryRun?.length ?? 0) > 0 });
  const queue = objects.values();
  await Promise.all(Array.from({ length: Math.min(WORKERS, objects.length) }, () => work(context, queue, options)));
  return formatted(call, { status: 200, body: view.list(objects, meta) });
}

async function work(context: WriteContext, queue: Iterator<CachedObject>, options: DeleteOptions): Promise<void> {
  for (let next = queue.next(); !next.done; next = queue.next()) {
    const { key } = next.value;
    const slash = key.indexOf('/');
    const namespace = slash < 0 ? '' : key.slice(0, slash);
    try {
      await deleteObject({ ...context, namespace, name: key.slice(slash + 1) }, options);
    } catch (error) {
      // Someone else was faster.
      if (!(error instanceof StatusError && error.status.reason === 'NotFound')) throw error;
    }
  }
}
