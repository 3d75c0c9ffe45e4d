/** A host meets a pod for the first time: it takes over what ran before, admits what fits, and refuses the rest. */
import type { Recorder } from '../../client/events.ts';
import type { Pod } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { PartContext } from '../../types/part/part.ts';
import { add, requestsOf } from '../machine/amounts.ts';
import type { Host } from '../machine/host.ts';
import type { Addresses } from '../net/addresses.ts';
import type { NodesOptions } from '../options.ts';
import { admit } from './admit.ts';
import { behaviourOf } from './behaviour.ts';
import { type Kept, sharesHostNetwork } from './kept.ts';
import { isOver, isUnderWay, resume } from './resume.ts';
import { createRun, type PodSpec } from './run.ts';

export interface TakeOnSetup {
  ctx: PartContext;
  options: NodesOptions;
  recorder: Recorder;
  addresses: Addresses;
}

/** Counts the pod on its host, unless it is over, is deleted before it began, or is refused. */
export function takeOn({ ctx, options, recorder, addresses }: TakeOnSetup, pod: Pod, host: Host): Kept {
  const behaviour = behaviourOf(pod, options, ctx.random);
  const kept: Kept = {
    ...{ uid: pod.metadata?.uid ?? '', host, behaviour, run: undefined, requests: undefined },
    ...{ ports: new Set<number>(), dirty: false, buried: false, refusal: undefined },
  };
  const underWay = isUnderWay(pod);
  if (isOver(pod) || (pod.metadata?.deletionTimestamp && !underWay)) return kept;
  const now = ctx.clock.now();
  const requests = requestsOf(pod.spec as PodSpec);
  const refusal = underWay ? undefined : admit(requests, host.used, host.allocatable);
  if (refusal) {
    kept.refusal = { phase: 'Failed', ...refusal, startTime: rfc3339(now) };
    recorder.event(pod, 'Warning', refusal.reason, refusal.message);
    return kept;
  }
  kept.requests = requests;
  add(host.used, requests);
  kept.run = underWay ? resume(pod, host.address, behaviour, now) : createRun(pod, host.address, now, behaviour.startDelay());
  kept.dirty = !underWay;
  if (kept.run.address && !sharesHostNetwork(pod)) addresses.adopt(kept.uid, kept.run.address);
  return kept;
}
