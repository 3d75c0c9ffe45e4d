/** Emptying a namespace: asks everything of one resource to go, and tells what is left. */
import type { Client } from '../../client/client.ts';
import type { ServedResource } from '../../client/discovery.ts';
import { isNotFound } from '../../client/errors.ts';
import { pathOf } from '../../client/resource.ts';
import type { AnyObject, Status } from '../../types/wire.ts';
import type { Remains } from './conditions.ts';

export const canBeEmptied = ({ resource, verbs }: ServedResource): boolean =>
  resource.namespaced && verbs.includes('list') && verbs.includes('delete');

/** Objects left are counted into `remains`; resolves to their number. Failures are noted there, never thrown. */
export async function empty(client: Client, namespace: string, served: ServedResource, remains: Remains): Promise<number> {
  const { resource } = served;
  try {
    // Most resources have nothing in most namespaces, and looking is cheaper than deleting.
    if ((await client.list(resource, { namespace, limit: 1 })).items.length === 0) return 0;
    await deleteAll(client, namespace, served);
    const { items } = await client.list(resource, { namespace });
    count(items, `${resource.plural}.${resource.group}`, remains);
    return items.length;
  } catch (error) {
    remains.deletionErrors.push(`${resource.plural}.${resource.group}: ${(error as Error).message}`);
    return 1;
  }
}

async function deleteAll(client: Client, namespace: string, { resource, verbs }: ServedResource): Promise<void> {
  if (verbs.includes('deletecollection')) {
    const options = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' };
    const { status, body } = await client.raw('DELETE', pathOf(resource, { namespace }), options);
    if (status >= 400 && status !== 404) throw new Error((body as Status).message ?? `the server answered ${status}`);
    return;
  }
  const { items } = await client.list(resource, { namespace });
  for (const { metadata } of items) {
    await client
      .delete(resource, { name: metadata?.name ?? '', namespace }, { propagationPolicy: 'Background' })
      .catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
  }
}

function count(items: AnyObject[], name: string, remains: Remains): void {
  if (items.length > 0) remains.resources.set(name, items.length);
  for (const { metadata } of items) {
    for (const finalizer of metadata?.finalizers ?? []) remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1);
  }
}
