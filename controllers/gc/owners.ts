/** Finding out whether an owner is there: from the graph where it shows it, else from the API. */
import type { Client } from '../../client/client.ts';
import { isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { apiVersionOf, type Resource } from '../../client/resource.ts';
import { Terminal } from '../../queue/queue.ts';
import type { AnyObject, KubeObject, OwnerReference } from '../../types/wire.ts';
import type { Catalogue } from '../shared/catalogue.ts';
import { FOREGROUND, type Graph, type GraphNode, groupOf, isMeant, waitsForDependents } from './graph.ts';
import type { OwnerState } from './plan.ts';

export interface OwnerLookup {
  graph: Graph;
  client: Client;
  catalogue: Catalogue;
  recorder: Recorder;
  /** Owners that the API said are not there; a UID never comes back. */
  absent: Set<string>;
}

const MAX_ABSENT = 5000;

export async function stateOf(lookup: OwnerLookup, node: GraphNode, owner: OwnerReference): Promise<OwnerState> {
  const key = `${node.namespace}/${owner.apiVersion}/${owner.kind}/${owner.name}/${owner.uid}`;
  if (lookup.absent.has(key)) return 'absent';
  const seen = lookup.graph.get(owner.uid);
  if (seen && isMeant(seen, node, owner)) return waitsForDependents(seen) ? 'waiting' : 'solid';
  const live = await ask(lookup, node, owner);
  if (live?.metadata?.uid === owner.uid) {
    return live.metadata.deletionTimestamp && live.metadata.finalizers?.includes(FOREGROUND) ? 'waiting' : 'solid';
  }
  if (seen && seen.namespace !== '' && seen.namespace !== node.namespace) complain(lookup, node, owner);
  if (lookup.absent.size >= MAX_ABSENT) lookup.absent.delete(lookup.absent.values().next().value as string);
  lookup.absent.add(key);
  return 'absent';
}

async function ask({ client, catalogue }: OwnerLookup, node: GraphNode, owner: OwnerReference): Promise<KubeObject | undefined> {
  const resource = await resourceOf(catalogue, owner);
  if (resource.namespaced && node.namespace === '') {
    throw new Terminal(
      `${node.resource.plural} ${node.name}: what has no namespace can't be owned by ${owner.kind} ${owner.name}, which has one`,
    );
  }
  return client.get(resource, owner.name, node.namespace).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
}

/** Rejects for a kind that the server does not have: as long as that is so, nothing is known of the owner. */
async function resourceOf(catalogue: Catalogue, owner: OwnerReference): Promise<Resource<AnyObject>> {
  const { served } = await catalogue.read();
  const found = served.find(({ resource }) => resource.kind === owner.kind && resource.group === groupOf(owner.apiVersion));
  if (!found) throw new UnknownKind(`no kind ${owner.kind} in ${owner.apiVersion}`);
  return found.resource;
}

export class UnknownKind extends Error {
  override name = 'UnknownKind';
}

function complain({ recorder }: OwnerLookup, node: GraphNode, owner: OwnerReference): void {
  const apiVersion = apiVersionOf(node.resource);
  const { namespace, name, uid, resourceVersion } = node;
  const object = { apiVersion, kind: node.resource.kind, metadata: { namespace, name, uid, resourceVersion } };
  const who = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}]`;
  recorder.event(object, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef ${who} does not exist in namespace "${namespace}"`);
}
