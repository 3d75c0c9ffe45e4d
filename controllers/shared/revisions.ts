/**
 * ControllerRevisions: the past templates of a StatefulSet or DaemonSet, so that a template can be told from another and be gone back to
 * (kubernetes/pkg/controller/history).
 */
import type * as k8s from '@kubernetes/client-node';
import type { Client } from '../../client/client.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../client/errors.ts';
import type { Informer } from '../../client/informer.ts';
import { resource } from '../../client/resource.ts';
import type { KubeObject, OwnerReference, Wire } from '../../types/wire.ts';
import { templateHash } from '../deployment/revision.ts';
import { applyClaim, planClaim } from './owners.ts';
import { same } from './same.ts';

export type ControllerRevision = Wire<k8s.V1ControllerRevision>;
export type PodTemplate = Wire<k8s.V1PodTemplateSpec>;

export const controllerRevisions = resource<ControllerRevision>('apps/v1', 'ControllerRevision', 'controllerrevisions');

/** Of pods, and of what DaemonSets name their revisions by. */
export const REVISION_LABEL = 'controller-revision-hash';

/** What revisions belong to. */
export interface History {
  owner: KubeObject;
  reference: OwnerReference;
  template: PodTemplate;
  /** The label that carries a revision's hash. */
  hashLabel: string;
  collisionCount: number;
}

export const revisionNumber = (revision: ControllerRevision): number => revision.revision ?? 0;

export const nameOf = (object: KubeObject): string => object.metadata?.name ?? '';

/** The revision as a patch of its owner, which is how `kubectl rollout undo` applies it. */
const dataOf = (template: PodTemplate) => ({ spec: { template: { ...template, $patch: 'replace' } } });

export function templateOf(revision: ControllerRevision): PodTemplate {
  const { $patch: _, ...template } = (revision.data as unknown as ReturnType<typeof dataOf>).spec.template;
  return template;
}

/** Oldest first. */
export function byRevision(a: ControllerRevision, b: ControllerRevision): number {
  const [first = '', second = ''] = [a.metadata?.creationTimestamp, b.metadata?.creationTimestamp];
  if (revisionNumber(a) !== revisionNumber(b)) return revisionNumber(a) - revisionNumber(b);
  if (first !== second) return first < second ? -1 : 1;
  return nameOf(a) < nameOf(b) ? -1 : 1;
}

export interface RevisionPlan {
  do: 'keep' | 'raise' | 'create';
  revision: ControllerRevision;
}

/** Which revision stands for the owner's template. `revisions`: sorted by `byRevision`. */
export function planRevision(history: History, revisions: ControllerRevision[]): RevisionPlan {
  const last = revisions.at(-1);
  const equal = revisions.findLast((revision) => same(revision.data, dataOf(history.template)));
  if (equal && equal === last) return { do: 'keep', revision: equal };
  const next = last ? revisionNumber(last) + 1 : 1;
  return equal ? { do: 'raise', revision: { ...equal, revision: next } } : { do: 'create', revision: made(history, next) };
}

/** A name has room for a hash of ten characters behind it. */
const MAX_PREFIX = 223;

function made({ owner, reference, template, hashLabel, collisionCount }: History, revision: number): ControllerRevision {
  const hash = templateHash(template, collisionCount || undefined);
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${nameOf(owner).slice(0, MAX_PREFIX)}-${hash}`,
      namespace: owner.metadata?.namespace ?? '',
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      ...(owner.metadata?.annotations && { annotations: owner.metadata.annotations }),
      ownerReferences: [reference],
    },
    data: dataOf(template) as never,
    revision,
  };
}

/** The revision as it stands after the plan, and the collision count, raised by each name that another template has. */
export async function applyRevision(
  client: Client,
  history: History,
  plan: RevisionPlan,
): Promise<{ revision: ControllerRevision; collisionCount: number }> {
  const { collisionCount } = history;
  if (plan.do === 'keep') return { revision: plan.revision, collisionCount };
  if (plan.do === 'raise') return { revision: await client.update(controllerRevisions, plan.revision), collisionCount };
  try {
    return { revision: await client.create(controllerRevisions, plan.revision), collisionCount };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const standing = await client.get(controllerRevisions, nameOf(plan.revision), history.owner.metadata?.namespace);
  if (same(standing.data, plan.revision.data)) return { revision: standing, collisionCount };
  const next = { ...history, collisionCount: collisionCount + 1 };
  return applyRevision(client, next, { do: 'create', revision: made(next, revisionNumber(plan.revision)) });
}

/** Those of the owner, orphans that match adopted, oldest first. The informer needs the index `namespace`. */
export async function claimRevisions(
  client: Client,
  informer: Informer<ControllerRevision>,
  { owner, reference }: Pick<History, 'owner' | 'reference'>,
  matches: (revision: ControllerRevision) => boolean,
  liveOwner: () => Promise<KubeObject>,
): Promise<ControllerRevision[]> {
  const namespace = owner.metadata?.namespace ?? '';
  const claim = planClaim(owner, informer.by('namespace', namespace), matches);
  const claimed = await applyClaim(
    { ...claim, release: [] },
    {
      reference,
      liveOwner,
      patch: (revision, patch) => client.patch(controllerRevisions, { name: nameOf(revision), namespace }, 'strategic', patch),
    },
  );
  return claimed.sort(byRevision);
}

/** Revisions that no pod is of and that are more than the owner keeps, oldest first. */
export function outdated(revisions: ControllerRevision[], live: Set<string>, limit: number): ControllerRevision[] {
  const past = revisions.filter((revision) => !live.has(nameOf(revision)));
  return limit < 0 ? [] : past.slice(0, Math.max(0, past.length - limit));
}

export async function removeRevisions(client: Client, revisions: ControllerRevision[]): Promise<void> {
  for (const revision of revisions) {
    const { name = '', namespace = '', uid = '' } = revision.metadata ?? {};
    try {
      await client.delete(controllerRevisions, { name, namespace }, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
