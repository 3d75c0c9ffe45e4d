/** Explains a pod over the scheduler's own state, which is newer than what a list through the API shows: pods being bound are there already. */
import type { Random } from '../../types/part/random.ts';
import { explainPod, type PodExplanation } from '../explain/explain-pod.ts';
import type { Profile } from '../framework/profile.ts';
import { Decider } from '../schedule-one.ts';
import type { Scheduler } from '../scheduler.ts';
import { unscheduled } from '../world/world.ts';

/** Decides with a decider and random numbers of its own, so that asking changes nothing of what the scheduler will decide. */
export function explainLive(scheduler: Scheduler, profiles: readonly Profile[], key: string, random: Random): PodExplanation | undefined {
  const { cluster, queue, books } = scheduler;
  const deciderFor = (name = 'default-scheduler') => {
    const profile = profiles.find((p) => p.schedulerName === name);
    return profile && new Decider(profile, cluster, random);
  };
  const running = books.placed.get(key) ?? books.assumed.get(key);
  const pending = queue.get(key);
  if (!running) {
    const decider = deciderFor(pending?.pod.spec?.schedulerName);
    return pending && decider ? explainPod({ info: pending }, cluster, decider) : undefined;
  }
  const decider = deciderFor(running.pod.pod.spec?.schedulerName);
  if (!decider) return undefined;
  cluster.displace(running.pod, running.node);
  const info = cluster.describe(unscheduled(running.pod.pod));
  try {
    return explainPod({ info, runsOn: running.node }, cluster, decider);
  } finally {
    cluster.drop(info);
    cluster.place(running.pod, running.node);
  }
}
