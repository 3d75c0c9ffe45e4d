/** What a deletion does to an object: goes at once, waits for finalizers, or waits for a grace period (k8s.io/apiserver: rest.BeforeDelete). */
import type { Kind } from '../../types/kinds/kind.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject, ObjectMeta } from '../../types/wire.ts';
import type { DeleteOptions } from './delete-options.ts';

/** `remove`: it goes now; `object` may have been changed, and is then shown once before (`markFirst`). `mark`: it stays, marked. */
export type Fate = { fate: 'remove'; markFirst: boolean } | { fate: 'mark' } | { fate: 'unchanged' };

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Decides and changes `object` accordingly. `now` in ms. */
export function planDeletion(kind: Kind, object: AnyObject, options: DeleteOptions, now: number): Fate {
  if (kind.storage === 'namespaces') return planNamespace(object, now);
  const metadata = object.metadata ?? {};
  const before = metadata.finalizers ?? [];
  const finalizers = finalizersFor(kind, before, options);
  const moved = finalizers.length !== before.length || finalizers.some((f, i) => f !== before[i]);
  const grace = kind.storage === 'pods' ? podGrace(object, options) : undefined;
  const marked = metadata.deletionTimestamp !== undefined;
  if (grace !== undefined && marked && grace >= (metadata.deletionGracePeriodSeconds ?? 0)) {
    if (!moved && (finalizers.length > 0 || (metadata.deletionGracePeriodSeconds ?? 0) > 0)) return { fate: 'unchanged' };
  } else if (grace !== undefined) markFor(metadata, grace, now);
  if (moved) setFinalizers(metadata, finalizers);
  if (finalizers.length > 0) {
    if (!moved && marked && grace === undefined) return { fate: 'unchanged' };
    if (grace === undefined && !marked) markFor(metadata, 0, now);
    return { fate: 'mark' };
  }
  if (grace === undefined) return { fate: 'remove', markFirst: false };
  return (metadata.deletionGracePeriodSeconds ?? 0) > 0 ? { fate: 'mark' } : { fate: 'remove', markFirst: true };
}

/** A namespace waits until the controllers have emptied it and taken `kubernetes` off spec.finalizers. */
function planNamespace(object: AnyObject, now: number): Fate {
  const metadata = object.metadata ?? {};
  const waits =
    ((object.spec as { finalizers?: string[] } | undefined)?.finalizers?.length ?? 0) > 0 || (metadata.finalizers?.length ?? 0) > 0;
  if (!waits) return { fate: 'remove', markFirst: false };
  if (metadata.deletionTimestamp !== undefined) return { fate: 'unchanged' };
  metadata.deletionTimestamp = rfc3339(now);
  object.status = { ...(object.status as object), phase: 'Terminating' };
  return { fate: 'mark' };
}

/** Sets the time at which the grace period ends. A period that is shortened keeps its start. */
function markFor(metadata: ObjectMeta, grace: number, now: number): void {
  const first = metadata.deletionTimestamp === undefined;
  const start = first ? now : Date.parse(metadata.deletionTimestamp ?? '') - (metadata.deletionGracePeriodSeconds ?? 0) * 1000;
  metadata.deletionTimestamp = rfc3339(start + grace * 1000);
  metadata.deletionGracePeriodSeconds = grace;
  if (first && metadata.generation) metadata.generation++;
}

/** In seconds. What runs nowhere, or has finished, has nothing to wait for (k8s.io/kubernetes/pkg/registry/core/pod: CheckGracefulDelete). */
function podGrace(object: AnyObject, options: DeleteOptions): number {
  const spec = (object.spec ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
  const phase = (object.status as { phase?: string } | undefined)?.phase;
  if (!spec.nodeName || phase === 'Succeeded' || phase === 'Failed') return 0;
  const grace = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
  return grace < 0 ? 1 : grace;
}

/** Kinds whose dependents are orphaned unless the client says otherwise, as their first API version did. */
const ORPHANS_BY_DEFAULT = new Set(['replicationcontrollers', 'jobs.batch']);

export const orphansByDefault = (kind: Kind): boolean => ORPHANS_BY_DEFAULT.has(kind.storage);

/** The garbage collector reads the wish for the dependents off two finalizers. */
function finalizersFor(kind: Kind, before: string[], options: DeleteOptions): string[] {
  const wish = wishOf(kind, before, options);
  const others = before.filter((f) => f !== ORPHAN && f !== FOREGROUND);
  if (wish === undefined) return before.includes(ORPHAN) && before.includes(FOREGROUND) ? others : before;
  return wish === 'Background' ? others : [...others, wish === 'Orphan' ? ORPHAN : FOREGROUND];
}

/** Undefined: as the finalizers that are there say. */
function wishOf(kind: Kind, before: string[], options: DeleteOptions): string | undefined {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? 'Orphan' : 'Background';
  if (options.propagationPolicy !== undefined) return options.propagationPolicy;
  if (before.includes(ORPHAN) || before.includes(FOREGROUND)) return undefined;
  return orphansByDefault(kind) ? 'Orphan' : undefined;
}

function setFinalizers(metadata: ObjectMeta, finalizers: string[]): void {
  if (finalizers.length > 0) metadata.finalizers = finalizers;
  else delete metadata.finalizers;
}
