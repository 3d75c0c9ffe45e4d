/** Services and the pods behind them: which services a change of a pod is news to, and when to look at them. */
import { type Informer, keyOf } from '../../client/informer.ts';
import { equalityPredicate } from '../../client/label-selector.ts';
import { type Pod, type Service, services } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import type { Env } from '../controller.ts';
import { podsByNamespace } from './pod-index.ts';
import { isReady, isTerminating } from './pods.ts';
import { same } from './same.ts';

/**
 * After a service was looked at, news of its pods are gathered for a while, so that a rollout is not a write for each pod: ten times as long as
 * the look took, at least and at most so many milliseconds. A service of thousands of pods takes no more than a tenth of our time.
 */
const GATHER_MS = { factor: 10, least: 30, most: 1000 };

export interface ServicePods {
  services: Informer<Service>;
  pods: Informer<Pod>;
  /** Milliseconds that news are gathered even when the service has not been looked at for long. */
  batch: number;
  /** Until when (monotonic) news of each service's pods are gathered. */
  resting: Map<string, number>;
  monotonic(): number;
}

export function servicePods(env: Env): ServicePods {
  const shown = env.informers.for(services);
  shown.addIndex('namespace', (service) => [service.metadata?.namespace ?? '']);
  return {
    services: shown,
    pods: podsByNamespace(env.informers),
    batch: env.options['endpointslice-updates-batch-period'],
    resting: new Map(),
    monotonic: () => env.ctx.clock.monotonic(),
  };
}

export function connectServices(state: ServicePods, add: Add): void {
  state.services.handle({
    add: (service) => add(keyOf(service)),
    update: (service) => add(keyOf(service)),
    remove: (service) => {
      state.resting.delete(keyOf(service));
      add(keyOf(service));
    },
  });
  state.pods.handle({
    add: (pod) => podChanged(state, add, pod),
    update: (pod, before) => podMoved(state, add, pod, before),
    remove: (pod) => podChanged(state, add, pod),
  });
}

/** To be called after each look at a service, with the time (monotonic) at which the look began. */
export function noteLook(state: ServicePods, key: string, began: number): void {
  const now = state.monotonic();
  const rest = Math.min(GATHER_MS.most, Math.max(GATHER_MS.least, (now - began) * GATHER_MS.factor));
  if (state.services.get(key)) state.resting.set(key, now + rest);
}

/** A change that endpoints show. */
function podMoved(state: ServicePods, add: Add, pod: Pod, before: Pod): void {
  const relabelled = !same(pod.metadata?.labels, before.metadata?.labels);
  if (relabelled) podChanged(state, add, before);
  const moved =
    relabelled ||
    pod.status?.podIP !== before.status?.podIP ||
    pod.status?.phase !== before.status?.phase ||
    pod.spec?.nodeName !== before.spec?.nodeName ||
    isReady(pod) !== isReady(before) ||
    isTerminating(pod) !== isTerminating(before) ||
    !same(pod.status?.podIPs, before.status?.podIPs);
  if (moved) podChanged(state, add, pod);
}

function podChanged(state: ServicePods, add: Add, pod: Pod): void {
  for (const service of state.services.by('namespace', pod.metadata?.namespace ?? '')) {
    if (!equalityPredicate(service.spec?.selector)(pod.metadata?.labels)) continue;
    const key = keyOf(service);
    const rest = (state.resting.get(key) ?? Number.NEGATIVE_INFINITY) - state.monotonic();
    add(key, { after: Math.max(state.batch, rest, 0) });
  }
}
