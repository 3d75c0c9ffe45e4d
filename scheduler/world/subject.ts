/** The pod that a question is about, made as if it were to be scheduled now. */

import { keyOfPod } from '../cache/pod-info.ts';
import type { Subject } from '../explain/explain-pod.ts';
import { take, unscheduled, type World } from './world.ts';

/** Takes the pod out of the world: from its node if it runs, else from those that wait. `undefined` if there is no such pod. */
export function subjectIn(world: World, key: string): Subject | undefined {
  // Those that wait are members of their groups, too.
  for (const other of world.pending) if (keyOfPod(other) !== key) world.cluster.gangs.came(other);
  const running = take(world, key);
  if (running) return { info: world.cluster.describe(unscheduled(running.info.pod)), runsOn: running.node };
  const pod = world.pending.find((other) => keyOfPod(other) === key);
  return pod && { info: world.cluster.describe(pod) };
}
