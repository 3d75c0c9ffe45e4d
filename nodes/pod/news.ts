/** The events that a kubelet writes as a pod moves on. */
import type { Pod } from '../../client/resources.ts';
import type { ContainerRun, PodRun } from './run.ts';
import { backOffMessage } from './status.ts';

export interface PodEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
}

/** What `eventsOf` compares with: each container's state, and how often it was started and failed. */
export type Snapshot = { is: string; restarts: number; failures: number }[];

export const snapshotOf = (run: PodRun): Snapshot =>
  run.containers.map(({ state, restarts, failures }) => ({ is: state.is, restarts, failures }));

export function eventsOf(pod: Pod, before: Snapshot, run: PodRun): PodEvent[] {
  const events: PodEvent[] = [];
  run.containers.forEach((container, i) => {
    const was = before[i];
    if (container.state.is === 'running' && (was?.is !== 'running' || was.restarts !== container.restarts))
      events.push(...starting(container));
    if (run.stopped && was?.is === 'running') events.push(normal('Killing', `Stopping container ${container.spec.name}`));
    if (container.state.is === 'waiting' && container.state.reason === 'CrashLoopBackOff' && was?.failures !== container.failures) {
      events.push({ type: 'Warning', reason: 'BackOff', message: backOffEvent(pod, container) });
    }
  });
  return events;
}

function starting({ spec }: ContainerRun): PodEvent[] {
  return [
    normal('Pulled', `Container image "${spec.image}" already present on machine and can be accessed by the pod`),
    normal('Created', 'Container created'),
    normal('Started', 'Container started'),
  ];
}

const normal = (reason: string, message: string): PodEvent => ({ type: 'Normal', reason, message });

/** The event leaves out the length of the pause, so that its count rises. */
function backOffEvent(pod: Pod, { spec }: ContainerRun): string {
  const message = backOffMessage(pod, spec.name, 0);
  return `Back-off${message.slice('back-off 0s'.length)}`;
}
