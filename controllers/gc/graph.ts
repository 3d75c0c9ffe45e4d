/** Who owns whom, over all resources of the server: objects by UID, and for each owner, seen or not, its dependents. */
import type { Resource } from '../../client/resource.ts';
import type { AnyObject, KubeObject, OwnerReference } from '../../types/wire.ts';

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** The little that is kept of an object. */
export interface GraphNode {
  uid: string;
  resource: Resource<AnyObject>;
  namespace: string;
  name: string;
  resourceVersion: string;
  owners: OwnerReference[];
  finalizers: string[];
  deleting: boolean;
}

/** It is being deleted, and waits until its dependents are gone. */
export const waitsForDependents = (node: GraphNode): boolean => node.deleting && node.finalizers.includes(FOREGROUND);

/** It is being deleted, and its dependents are to stay. */
export const orphansDependents = (node: GraphNode): boolean => node.deleting && node.finalizers.includes(ORPHAN);

/** The UID alone does not make an owner: kind, name and namespace have to be right too. */
export function isMeant(seen: GraphNode | undefined, node: GraphNode, owner: OwnerReference): boolean {
  if (!seen || (seen.resource.namespaced && seen.namespace !== node.namespace)) return false;
  return seen.name === owner.name && seen.resource.kind === owner.kind && seen.resource.group === groupOf(owner.apiVersion);
}

export const groupOf = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '');

export interface Graph {
  get(uid: string): GraphNode | undefined;
  dependents(uid: string): Iterable<GraphNode>;
  /** Both tell `due` what has to be looked at because of the change. */
  upsert(resource: Resource<AnyObject>, object: KubeObject): void;
  remove(uid: string): void;
}

const NONE: never[] = [];

/** `due(uid, soon)`: an object has to be looked at; not at once when its owner may just not have been seen yet. */
export function createGraph(due: (uid: string, atOnce: boolean) => void): Graph {
  const nodes = new Map<string, GraphNode>();
  const dependents = new Map<string, Set<GraphNode>>();
  const link = (owner: string, node: GraphNode) => {
    const known = dependents.get(owner);
    if (known) known.add(node);
    else dependents.set(owner, new Set([node]));
  };
  const unlink = (owner: string, node: GraphNode) => {
    const known = dependents.get(owner);
    known?.delete(node);
    if (known?.size === 0) dependents.delete(owner);
  };
  const dueIfWaiting = (uid: string) => {
    const node = nodes.get(uid);
    if (node && waitsForDependents(node)) due(uid, true);
  };
  const relink = (node: GraphNode, before: OwnerReference[]) => {
    for (const { uid } of before) unlink(uid, node);
    for (const { uid } of node.owners) link(uid, node);
    for (const { uid } of [...before, ...node.owners]) dueIfWaiting(uid);
  };
  return {
    get: (uid) => nodes.get(uid),
    dependents: (uid) => dependents.get(uid) ?? NONE,
    upsert: (resource, object) => {
      const uid = object.metadata?.uid ?? '';
      const before = nodes.get(uid);
      const node = before ?? blank(uid, resource, object);
      const past = { owners: node.owners, waits: waitsForDependents(node), orphans: orphansDependents(node) };
      update(node, object);
      nodes.set(uid, node);
      if (!sameOwners(past.owners, node.owners)) {
        relink(node, past.owners);
        if (before) due(uid, true);
        else if (node.owners.some((owner) => !isMeant(nodes.get(owner.uid), node, owner))) due(uid, false);
      }
      if (waitsForDependents(node) && !past.waits) {
        due(uid, true);
        for (const dependent of dependents.get(uid) ?? NONE) due(dependent.uid, true);
      }
      if (orphansDependents(node) && !past.orphans) due(uid, true);
    },
    remove: (uid) => {
      const node = nodes.get(uid);
      if (!node) return;
      nodes.delete(uid);
      for (const owner of node.owners) unlink(owner.uid, node);
      for (const owner of node.owners) dueIfWaiting(owner.uid);
      for (const dependent of dependents.get(uid) ?? NONE) due(dependent.uid, true);
    },
  };
}

function blank(uid: string, resource: Resource<AnyObject>, { metadata }: KubeObject): GraphNode {
  const { namespace = '', name = '' } = metadata ?? {};
  return { uid, resource, namespace, name, resourceVersion: '', owners: NONE, finalizers: NONE, deleting: false };
}

function update(node: GraphNode, { metadata }: KubeObject): void {
  node.resourceVersion = metadata?.resourceVersion ?? '';
  node.owners = metadata?.ownerReferences ?? NONE;
  node.finalizers = metadata?.finalizers ?? NONE;
  node.deleting = metadata?.deletionTimestamp !== undefined;
}

function sameOwners(a: OwnerReference[], b: OwnerReference[]): boolean {
  if (a === b) return true;
  return (
    a.length === b.length &&
    a.every((owner, i) => {
      const other = b[i];
      return owner.uid === other?.uid && owner.name === other.name && owner.blockOwnerDeletion === other.blockOwnerDeletion;
    })
  );
}
