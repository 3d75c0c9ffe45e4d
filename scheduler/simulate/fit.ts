/** How many more copies of a manifest fit. Nobody is preempted for them. */
import type { Pod } from '../../client/resources.ts';
import type { Random } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';
import { keyOfPod } from '../cache/pod-info.ts';
import type { Profile } from '../framework/profile.ts';
import { asAdmitted, take, type World } from '../world/world.ts';
import { expand, isWorkload } from './expand.ts';
import { InputError } from './input-error.ts';
import { Placer } from './place-all.ts';

export interface Fit {
  /** Whole copies of the manifest: all its pods, or the copy does not count. */
  copies: number;
  podsPerCopy: number;
  /** Pods of copies by node. */
  byNode: Record<string, number>;
  /** Why the next one does not fit; absent if the search was ended at `MOST_COPIES`. */
  limit?: string;
}

export const MOST_COPIES = 100_000;

function podsOf(world: World, manifest: readonly AnyObject[]): Pod[] {
  const bare = manifest.filter((object) => object.kind === 'Pod').map((object) => asAdmitted(world, object as Pod));
  // A DaemonSet has one pod a node, however many copies there are.
  const made = expand(
    world,
    manifest.filter((object) => isWorkload(object) && object.kind !== 'DaemonSet'),
    [],
  );
  if (bare.length + made.length === 0) throw new InputError('the manifest to fit has no pods that could be copied');
  return [...bare, ...made];
}

/** The copies stay in the world. */
export function fitMore(world: World, manifest: readonly AnyObject[], profiles: readonly Profile[], random: Random): Fit {
  const pods = podsOf(world, manifest);
  const placer = new Placer(
    world,
    profiles.map((profile) => ({ ...profile, postFilter: [] })),
    random,
  );
  const byNode: Record<string, number> = {};
  let copies = 0;
  let limit: string | undefined;
  for (; copies < MOST_COPIES && limit === undefined; copies++) {
    const copy = pods.map((pod) => copyOf(pod, copies));
    const { placed, refused } = placer.placeAll(copy);
    if (refused.length > 0) {
      for (const { pod } of placed) take(world, pod);
      limit = refused[0]?.message ?? '';
      break;
    }
    for (const { node } of placed) byNode[node] = (byNode[node] ?? 0) + 1;
  }
  return { copies, podsPerCopy: pods.length, byNode, ...(limit !== undefined && { limit }) };
}

function copyOf(pod: Pod, copy: number): Pod {
  const name = `${pod.metadata?.name}-copy-${copy}`;
  return { ...pod, metadata: { ...pod.metadata, name, uid: `simulated-${keyOfPod(pod)}-${copy}` } };
}
