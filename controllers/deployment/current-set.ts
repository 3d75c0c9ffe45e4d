/** Finding, or designing, the replica set of a deployment's present template, and keeping the revision's number right. */
import type { Deployment, ReplicaSet } from '../../client/resources.ts';
import { controllerReference } from '../shared/owners.ts';
import { condition, find, PROGRESSING, set } from './conditions.ts';
import { allSets, type Draft, draftOfSet, noteSize, specReplicas, total, wantedReplicas } from './draft.ts';
import { isRolling, maxSurge, progressDeadline } from './limits.ts';
import { annotationsFor, HASH_LABEL, REVISION, revisionOf, templateHash } from './revision.ts';

/** Brings annotations, revision and minReadySeconds of the current set up to date, if there is one. */
export function adoptCurrent(draft: Draft): void {
  const { current, deployment, observed } = draft;
  if (!current) return;
  current.annotations = annotationsFor(deployment, current.annotations, nextRevision(draft));
  current.minReadySeconds = deployment.spec?.minReadySeconds ?? 0;
  const revision = current.annotations[REVISION];
  if (revision) draft.annotations[REVISION] = revision;
  if (progressDeadline(deployment) === undefined || find(draft.conditions, PROGRESSING)) return;
  const message = `Found new replica set "${current.set.metadata?.name}"`;
  draft.conditions = set(draft.conditions, condition(PROGRESSING, 'True', 'FoundNewReplicaSet', message, observed.now));
}

/** Designs the current set if there is none yet. */
export function ensureCurrent(draft: Draft): void {
  if (draft.current) return;
  const { deployment, observed } = draft;
  const current = draftOfSet(design(deployment), true);
  const revision = nextRevision(draft);
  draft.current = current;
  current.replicas = 0;
  const replicas = initialReplicas(draft);
  current.annotations = annotationsFor(deployment, {}, revision);
  noteSize(deployment, current);
  current.replicas = replicas;
  draft.annotations[REVISION] = String(revision);
  const name = current.set.metadata?.name;
  if (replicas > 0) {
    draft.events.push({ type: 'Normal', reason: 'ScalingReplicaSet', message: `Scaled up replica set ${name} from 0 to ${replicas}` });
  }
  if (progressDeadline(deployment) === undefined) return;
  const made = condition(PROGRESSING, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, observed.now);
  draft.conditions = set(draft.conditions, made);
}

const nextRevision = (draft: Draft) => Math.max(0, ...draft.old.map(({ set }) => revisionOf(set))) + 1;

/** How many pods the current set may have now, the others being as they are. */
export function initialReplicas(draft: Draft): number {
  const { deployment, current } = draft;
  const wanted = wantedReplicas(deployment);
  if (!isRolling(deployment)) return wanted;
  const have = current?.replicas ?? 0;
  const room = wanted + maxSurge(deployment) - total(allSets(draft), specReplicas);
  return room <= 0 ? have : have + Math.min(room, wanted - have);
}

function design(deployment: Deployment): ReplicaSet {
  const { metadata, spec } = deployment;
  const hash = templateHash(spec?.template, deployment.status?.collisionCount);
  const labels = { ...spec?.template?.metadata?.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata?.name}-${hash}`,
      namespace: metadata?.namespace ?? '',
      labels,
      ownerReferences: [controllerReference(deployment, 'apps/v1', 'Deployment')],
    },
    spec: {
      replicas: 0,
      ...(spec?.minReadySeconds && { minReadySeconds: spec.minReadySeconds }),
      selector: { ...spec?.selector, matchLabels: { ...spec?.selector?.matchLabels, [HASH_LABEL]: hash } },
      template: { ...spec?.template, metadata: { ...spec?.template?.metadata, labels } },
    },
  };
}
