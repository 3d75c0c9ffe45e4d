/** What a stateful set has to do next (kubernetes/pkg/controller/statefulset/stateful_set_control.go). Pure. */
import type { Pod } from '../../client/resources.ts';
import { isTerminating } from '../shared/pods.ts';
import { type ControllerRevision, nameOf, type PodTemplate } from '../shared/revisions.ts';
import { claimsToRetain, type FindClaim, hasStaleClaim, missingClaims } from './claims.ts';
import { isAvailable, isFinishedPod, isPending, isRunningAndReady, isUnavailable } from './health.ts';
import { firstOrdinal, inRange, ordinalOf, podFrom, replicasOf, type StatefulSet, withIdentity } from './identity.ts';
import { podsToUpdate } from './rollout.ts';

export interface Observed {
  set: StatefulSet;
  /** All that it owns. */
  pods: Pod[];
  claim: FindClaim;
  current: ControllerRevision;
  update: ControllerRevision;
  currentTemplate: PodTemplate;
  updateTemplate: PodTemplate;
  now: number;
  /** Whether `maxUnavailable` counts (feature gate MaxUnavailableStatefulSet). */
  maxUnavailable: boolean;
}

/** `claims`: make those that it lacks; `create`: the same, then the pod; `mend`: its identity and the owners of its claims. */
export interface Step {
  do: 'create' | 'delete' | 'claims' | 'mend';
  pod: Pod;
}

export interface Plan {
  /** One after the other; a phase is begun only when the one before it did not fail. */
  phases: Step[][];
  /** The steps of a phase are done at the same time. */
  parallel: boolean;
  /** Of its steps, those that delete pods of the old revision. */
  replaced: number;
}

interface Draft extends Observed {
  /** By ordinal; those that are missing as they would be made. */
  replicas: Pod[];
  /** Out of range, the highest ordinal first. */
  condemned: Pod[];
  missing: Set<Pod>;
  parallel: boolean;
}

/** A phase, and whether later ones have to wait for what it waits for. */
interface Phase {
  steps: Step[];
  stop: boolean;
}

export function planStatefulSet(observed: Observed): Plan {
  const draft = draftOf(observed);
  const plan: Plan = { phases: [], parallel: draft.parallel, replaced: 0 };
  if (observed.set.metadata?.deletionTimestamp) return plan;
  for (const phase of [keepReplicas, mendCondemned, removeCondemned]) {
    const { steps, stop } = phase(draft);
    plan.phases.push(steps);
    if (stop) return plan;
  }
  const told = new Set(plan.phases.flat().flatMap((step) => (step.do === 'delete' ? [step.pod] : [])));
  const outdated = podsToUpdate(observed, draft.replicas).filter((pod) => !told.has(pod));
  plan.phases.push(outdated.map((pod) => ({ do: 'delete', pod })));
  plan.replaced = outdated.length;
  return plan;
}

function draftOf(observed: Observed): Draft {
  const { set, pods } = observed;
  const byOrdinal = new Map(pods.map((pod) => [ordinalOf(set, pod), pod]));
  const missing = new Set<Pod>();
  const replicas = Array.from({ length: replicasOf(set) }, (_, i) => {
    const standing = byOrdinal.get(firstOrdinal(set) + i);
    if (standing) return standing;
    const pod = newPod(observed, firstOrdinal(set) + i);
    missing.add(pod);
    return pod;
  });
  const condemned = pods
    .filter((pod) => ordinalOf(set, pod) !== undefined && !inRange(set, pod))
    .sort((a, b) => (ordinalOf(set, b) ?? 0) - (ordinalOf(set, a) ?? 0));
  return { ...observed, replicas, condemned, missing, parallel: set.spec?.podManagementPolicy === 'Parallel' };
}

/** Below the partition pods stay what they were, also when they are made anew. */
function newPod({ set, current, update, currentTemplate, updateTemplate }: Observed, ordinal: number): Pod {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  const kept = rollingUpdate ? (rollingUpdate.partition ?? 0) : (set.status?.currentReplicas ?? 0);
  const stays = type !== 'OnDelete' && ordinal < firstOrdinal(set) + kept;
  return stays ? podFrom(set, currentTemplate, nameOf(current), ordinal) : podFrom(set, updateTemplate, nameOf(update), ordinal);
}

function keepReplicas(draft: Draft): Phase {
  const steps: Step[] = [];
  for (const pod of draft.replicas) {
    const wait = keepReplica(draft, pod, steps);
    if (wait && !draft.parallel) return { steps, stop: true };
  }
  return { steps, stop: false };
}

/** True: those after it have to wait for this pod. */
function keepReplica(draft: Draft, pod: Pod, steps: Step[]): boolean {
  const { set, claim, now } = draft;
  // It has to run for ever: even one that succeeded is made anew.
  if (isFinishedPod(pod)) {
    if (!isTerminating(pod)) steps.push({ do: 'delete', pod });
    return true;
  }
  if (draft.missing.has(pod)) {
    if (!hasStaleClaim(set, pod, claim)) steps.push({ do: 'create', pod });
    return true;
  }
  if (isPending(pod) && missingClaims(set, pod, claim).length > 0) steps.push({ do: 'claims', pod });
  if (!draft.parallel && (isTerminating(pod) || !isAvailable(pod, set, now))) return true;
  if (needsMending(draft, pod)) steps.push({ do: 'mend', pod });
  return false;
}

const needsMending = ({ set, claim }: Draft, pod: Pod) =>
  withIdentity(set, pod) !== undefined || claimsToRetain(set, pod, claim).length > 0;

function mendCondemned({ set, claim, condemned }: Draft): Phase {
  const lacking = condemned.filter((pod) => claimsToRetain(set, pod, claim).length > 0);
  return { steps: lacking.map((pod) => ({ do: 'mend', pod })), stop: false };
}

function removeCondemned(draft: Draft): Phase {
  const { set, condemned, now, parallel } = draft;
  const going = condemned.filter((pod) => !isTerminating(pod));
  if (parallel) return { steps: going.map((pod) => ({ do: 'delete', pod })), stop: false };
  const [highest] = condemned;
  if (!highest) return { steps: [], stop: false };
  const ready = isRunningAndReady(highest) && isAvailable(highest, set, now);
  if (isTerminating(highest) || (!ready && highest !== firstUnavailable(draft))) return { steps: [], stop: true };
  return { steps: [{ do: 'delete', pod: highest }], stop: true };
}

function firstUnavailable({ set, replicas, condemned, now }: Draft): Pod | undefined {
  return replicas.find((pod) => isUnavailable(pod, set, now)) ?? condemned.findLast((pod) => isUnavailable(pod, set, now));
}
