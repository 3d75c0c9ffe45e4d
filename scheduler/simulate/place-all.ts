/** Places pods one after the other as the scheduler would, preemption included, on a world that is only a copy. */
import type { Pod } from '../../client/resources.ts';
import type { Random } from '../../types/part/random.ts';
import { groupOf } from '../cache/gangs.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { keyOfPod } from '../cache/pod-info.ts';
import type { Profile } from '../framework/profile.ts';
import { gateOf } from '../queue/scheduling-queue.ts';
import { Decider, type Refused } from '../schedule-one.ts';
import { put, take, unscheduled, type World } from '../world/world.ts';

export interface Outcome {
  /** In the order in which they were placed. */
  placed: { pod: string; node: string }[];
  refused: { pod: string; message: string }[];
  /** Pods that had to go for more important ones; those that a controller makes again are placed again, or refused. */
  preempted: { pod: string; by: string }[];
}

const DEFAULT = 'default-scheduler';

export class Placer {
  readonly #world: World;
  readonly #deciders = new Map<string, Decider>();
  readonly #inGangs: boolean;

  constructor(world: World, profiles: readonly Profile[], random: Random) {
    this.#world = world;
    this.#inGangs = profiles.some((profile) => profile.permit.some((plugin) => plugin.name === 'Coscheduling'));
    for (const profile of profiles) this.#deciders.set(profile.schedulerName, new Decider(profile, world.cluster, random));
  }

  /** Pods that are refused are tried again as long as that helps: others may have come that they want to be near. */
  placeAll(pods: readonly Pod[]): Outcome {
    const outcome: Outcome = { placed: [], refused: [], preempted: [] };
    const { gangs } = this.#world.cluster;
    for (const pod of pods) gangs.came(pod);
    let left = this.#inOrder(pods);
    for (let before = left.length + 1; left.length > 0 && left.length < before; ) {
      before = left.length;
      outcome.refused = [];
      left = this.#pass(left, outcome);
    }
    for (const pod of pods) gangs.left(pod);
    if (this.#inGangs) this.#breakUp(outcome);
    return outcome;
  }

  /** Groups that have too few places give them back. */
  #breakUp(outcome: Outcome): void {
    const { groups, placed } = this.#world.cluster.gangs;
    const broken = [...groups].filter(([group, { spec }]) => (placed.get(group) ?? 0) < (spec?.minMember ?? 1)).map(([group]) => group);
    const isBroken = (key: string) => broken.includes(groupOf(this.#world.placed.get(key)?.info.pod ?? {}) ?? '');
    const given = new Set(outcome.placed.map(({ pod }) => pod).filter(isBroken));
    for (const pod of given) {
      take(this.#world, pod);
      outcome.refused.push({ pod, message: 'not enough of its pod group find a place' });
    }
    outcome.placed = outcome.placed.filter(({ pod }) => !given.has(pod));
  }

  #inOrder(pods: readonly Pod[]): Pod[] {
    return [...pods].sort((a, b) => (b.spec?.priority ?? 0) - (a.spec?.priority ?? 0));
  }

  /** The pods that were refused. */
  #pass(pods: readonly Pod[], outcome: Outcome): Pod[] {
    const queue = [...pods];
    const refused: Pod[] = [];
    // The queue grows by the victims of those in it, who are less important: it ends.
    for (let i = 0; i < queue.length; i++) {
      const pod = queue[i] as Pod;
      const message = this.#placeOne(pod, outcome, queue);
      if (message === undefined) continue;
      refused.push(pod);
      outcome.refused.push({ pod: keyOfPod(pod), message });
    }
    return refused;
  }

  /** Why it was refused; `undefined`: it was placed. */
  #placeOne(pod: Pod, outcome: Outcome, queue: Pod[]): string | undefined {
    const name = pod.spec?.schedulerName ?? DEFAULT;
    const decider = this.#deciders.get(name);
    if (!decider) return `no profile "${name}" in the scheduler's configuration`;
    const { cluster } = this.#world;
    const info = cluster.describe(pod);
    const gate = gateOf(Object.assign({ profile: decider.profile }, info));
    let node: string | undefined;
    let message = gate?.reasons.join(', ') ?? '';
    if (!gate) {
      const decision = decider.decide(info);
      if (decision.result === 'placed') node = decision.node;
      else {
        message = decision.message;
        node = this.#preempt(info, decision, decider, outcome, queue);
      }
    }
    cluster.drop(info);
    if (node === undefined) return message;
    put(this.#world, pod, node);
    outcome.placed.push({ pod: info.key, node });
    return undefined;
  }

  #preempt(info: PodInfo, { nominate }: Refused, decider: Decider, outcome: Outcome, queue: Pod[]): string | undefined {
    if (!nominate) return undefined;
    for (const victim of nominate.victims) {
      take(this.#world, victim.key);
      outcome.preempted.push({ pod: victim.key, by: info.key });
      outcome.placed = outcome.placed.filter((placed) => placed.pod !== victim.key);
      if (isMadeAgain(victim.pod)) queue.push(unscheduled(victim.pod));
    }
    info.pod = { ...info.pod, status: { nominatedNodeName: nominate.node } };
    const again = decider.decide(info);
    return again.result === 'placed' ? again.node : undefined;
  }
}

const controllerOf = (pod: Pod) => pod.metadata?.ownerReferences?.find((owner) => owner.controller);

/** A pod of a controller comes again, elsewhere; a daemon's does not without its node, and a bare pod is gone. */
export function isMadeAgain(pod: Pod): boolean {
  const owner = controllerOf(pod);
  return owner !== undefined && owner.kind !== 'DaemonSet' && owner.kind !== 'Node';
}
