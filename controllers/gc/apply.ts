/** Doing what a plan of the garbage collector says. Each write holds only for the object as the graph knew it. */
import type { Client } from '../../client/client.ts';
import { isConflict, isNotFound } from '../../client/errors.ts';
import type { OwnerReference } from '../../types/wire.ts';
import { FOREGROUND, type Graph, type GraphNode, ORPHAN } from './graph.ts';
import type { Action } from './plan.ts';

/** `press(uid)`: have that object looked at. Rejects with a conflict when the graph was behind: look again. */
export async function apply(client: Client, graph: Graph, press: (uid: string) => void, node: GraphNode, action: Action): Promise<void> {
  switch (action.do) {
    case 'nothing':
      return;
    case 'press':
      for (const dependent of action.dependents) press(dependent.uid);
      return;
    case 'finish':
      return takeOff(client, node, FOREGROUND);
    case 'orphan':
      return orphan(client, graph, node);
    case 'disown':
      return setOwners(client, node, action.owners);
    case 'delete':
      if (action.unblock)
        await setOwners(
          client,
          node,
          node.owners.map((owner) => ({ ...owner, blockOwnerDeletion: false })),
        );
      return remove(client, node, action.policy, action.unblock);
  }
}

async function orphan(client: Client, graph: Graph, node: GraphNode): Promise<void> {
  const dependents = [...graph.dependents(node.uid)];
  await Promise.all(
    dependents.map((dependent) =>
      setOwners(
        client,
        dependent,
        dependent.owners.filter((owner) => owner.uid !== node.uid),
      ),
    ),
  );
  await takeOff(client, node, ORPHAN);
}

function takeOff(client: Client, node: GraphNode, finalizer: string): Promise<void> {
  return patch(client, node, { finalizers: node.finalizers.filter((name) => name !== finalizer) });
}

const setOwners = (client: Client, node: GraphNode, ownerReferences: OwnerReference[]) => patch(client, node, { ownerReferences });

/** A merge patch, since custom resources know no strategic ones; the resourceVersion sees to it that nothing else is overwritten. */
async function patch(client: Client, node: GraphNode, metadata: object): Promise<void> {
  const { name, namespace, uid, resourceVersion } = node;
  const body = { metadata: { uid, resourceVersion, ...metadata } };
  await client.patch(node.resource, { name, namespace }, 'merge', body).catch(ignoreGone);
}

async function remove(client: Client, node: GraphNode, propagationPolicy: 'Foreground' | 'Background' | 'Orphan', patched: boolean) {
  const { name, namespace, uid, resourceVersion } = node;
  const preconditions = patched ? { uid } : { uid, resourceVersion };
  await client.delete(node.resource, { name, namespace }, { preconditions, propagationPolicy }).catch(ignoreGone);
}

function ignoreGone(error: unknown): void {
  // Another object of that name is a conflict of UIDs, and as good as gone.
  if (isNotFound(error) || (isConflict(error) && /uid/i.test(error.message) && !/resourceVersion/i.test(error.message))) return;
  throw error;
}
