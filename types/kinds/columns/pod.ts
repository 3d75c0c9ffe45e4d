/** The cells of pods: what their containers are doing, in one word. */
import type { V1ContainerState, V1ContainerStatus, V1Pod, V1PodTemplate } from '@kubernetes/client-node';
import { timeSince } from '../../duration.ts';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, containerImages, containerNames, labelsText, NONE, nameOf, orNone } from './common.ts';

type Pod = Wire<V1Pod>;
type Status = Wire<V1ContainerStatus>;

/** What is read off the containers, one after the other. */
interface Reading {
  reason: string;
  ready: number;
  restarts: number;
  lastRestart: string | undefined;
}

export const podCells: Cells<Pod> = (pod, now) => {
  const reading = readPod(pod);
  const restarts =
    reading.restarts && reading.lastRestart ? `${reading.restarts} (${timeSince(reading.lastRestart, now)} ago)` : `${reading.restarts}`;
  return [
    nameOf(pod),
    `${reading.ready}/${containerCount(pod)}`,
    reading.reason,
    restarts,
    ageOf(pod, now),
    orNone(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP),
    orNone(pod.spec?.nodeName),
    orNone(pod.status?.nominatedNodeName),
    readinessGates(pod),
  ];
};

/** A sidecar (an init container that restarts always) counts as a container. */
function containerCount(pod: Pod): number {
  const sidecars = pod.spec?.initContainers?.filter((c) => c.restartPolicy === 'Always').length ?? 0;
  return (pod.spec?.containers?.length ?? 0) + sidecars;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec?.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const open = gates.filter((g) => conditionOf(pod, g.conditionType)?.status === 'True').length;
  return `${open}/${gates.length}`;
}

function conditionOf(pod: Pod, type: string) {
  return pod.status?.conditions?.find((c) => c.type === type);
}

function readPod(pod: Pod): Reading {
  const gated = conditionOf(pod, 'PodScheduled')?.reason === 'SchedulingGated';
  const reading: Reading = { reason: pod.status?.reason || pod.status?.phase || '', ready: 0, restarts: 0, lastRestart: undefined };
  if (gated) reading.reason = 'SchedulingGated';
  const sidecars: Reading = { ...reading };
  const initializing = readInitContainers(pod, reading, sidecars);
  if (!initializing || conditionOf(pod, 'Initialized')?.status === 'True') {
    reading.restarts = sidecars.restarts;
    reading.lastRestart = sidecars.lastRestart;
    readContainers(pod, reading);
  }
  if (pod.metadata?.deletionTimestamp) {
    const ended = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (pod.status?.reason === 'NodeLost') reading.reason = 'Unknown';
    else if (!ended) reading.reason = 'Terminating';
  }
  return reading;
}

/** Whether one of them still has work to do; `reading.reason` then says which. */
function readInitContainers(pod: Pod, reading: Reading, sidecars: Reading): boolean {
  const specs = pod.spec?.initContainers ?? [];
  for (const [i, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const sidecar = specs.find((c) => c.name === status.name)?.restartPolicy === 'Always';
    countRestarts(status, reading);
    if (sidecar) countRestarts(status, sidecars);
    const { terminated, waiting } = status.state ?? {};
    if (terminated && (terminated.exitCode ?? 0) === 0) continue;
    if (sidecar && status.started) {
      if (status.ready) reading.ready++;
      continue;
    }
    if (terminated) reading.reason = `Init:${terminated.reason || exitText(terminated)}`;
    else if (waiting?.reason && waiting.reason !== 'PodInitializing') reading.reason = `Init:${waiting.reason}`;
    else reading.reason = `Init:${i}/${specs.length}`;
    return true;
  }
  return false;
}

function readContainers(pod: Pod, reading: Reading): void {
  let running = false;
  for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    countRestarts(status, reading);
    const { terminated, waiting, running: runs } = status.state ?? {};
    if (waiting?.reason) reading.reason = waiting.reason;
    else if (terminated) reading.reason = terminated.reason || exitText(terminated);
    else if (status.ready && runs) {
      running = true;
      reading.ready++;
    }
  }
  // One that is done does not hide another that still works.
  if (reading.reason === 'Completed' && running) reading.reason = conditionOf(pod, 'Ready')?.status === 'True' ? 'Running' : 'NotReady';
}

function exitText(terminated: NonNullable<Wire<V1ContainerState>['terminated']>): string {
  return terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode ?? 0}`;
}

function countRestarts(status: Status, reading: Reading): void {
  reading.restarts += status.restartCount ?? 0;
  const at = status.lastState?.terminated?.finishedAt;
  if (at && (!reading.lastRestart || Date.parse(at) > Date.parse(reading.lastRestart))) reading.lastRestart = at;
}

export const podTemplateCells: Cells<Wire<V1PodTemplate>> = ({ template, metadata }) => [
  metadata?.name ?? '',
  containerNames(template),
  containerImages(template),
  labelsText(template?.metadata?.labels),
];
