/**
 * Runs recorded decisions of kube-scheduler against ours: takes in a case's objects, decides, and compares feasible nodes, scores, the best
 * nodes, the message, and what preemption does. Pure: no API server, no clock.
 */
import type { Node, Pod } from '../client/resources.ts';
import type { Random } from '../types/part/random.ts';
import type { AnyObject } from '../types/wire.ts';
import { Cluster } from './cache/cluster.ts';
import { isFinished, type PodInfo } from './cache/pod-info.ts';
import { takeIn } from './cache/take-in.ts';
import { buildProfile, type ProfileConfig } from './config/profile.ts';
import { planFor } from './plugins/volume-binding/volume-binding.ts';
import { Decider, type Explained } from './schedule-one.ts';

export interface Expected {
  pod?: string;
  result: 'scheduled' | 'unschedulable' | 'gated' | 'ignored';
  node?: string;
  feasible?: string[];
  scores?: Record<string, Record<string, number>>;
  total?: Record<string, number>;
  best?: string[];
  message?: string;
  nominatedNodeName?: string;
  victims?: string[];
  nodeAfterVictimsAreGone?: string;
  /** What becomes of claims that waited for their first consumer, on `node`. */
  volumes?: Record<string, { volume?: string; provisionOn?: string }>;
}

export interface GoldenCase {
  name: string;
  area: string;
  config?: ProfileConfig;
  objects: AnyObject[];
  pod?: Pod;
  pods?: Pod[];
  stored: Pod | Pod[];
  expect: Expected | { steps: Expected[] };
}

/** What differs, one line each; empty if nothing does. */
export function runCase(golden: GoldenCase, random: Random): string[] {
  const cluster = new Cluster();
  const placed = new Map<string, PodInfo>();
  for (const object of golden.objects) load(cluster, object, placed);
  const sent = golden.pods ?? (golden.pod ? [golden.pod] : []);
  const stored = Array.isArray(golden.stored) ? golden.stored : [golden.stored];
  const steps = 'steps' in golden.expect ? golden.expect.steps : [golden.expect];
  const deciders = [golden.config, {}].flatMap((config) => (config ? [new Decider(buildProfile(config, random), cluster, random)] : []));
  return steps.flatMap((expected, i) => {
    const pod = withMetadata(stored[i] ?? {}, sent[i] ?? {}, i);
    const lines = runStep(pod, expected, cluster, deciders, placed);
    return lines.map((line) => (steps.length > 1 ? `${expected.pod}: ${line}` : line));
  });
}

function load(cluster: Cluster, object: AnyObject, placed: Map<string, PodInfo>): void {
  if (object.kind === 'Node') cluster.setNode(object as Node);
  else if (object.kind !== 'Pod') takeIn(cluster, object);
  else if (!isFinished(object as Pod)) put(cluster, object as Pod, placed);
}

function put(cluster: Cluster, pod: Pod, placed: Map<string, PodInfo>): void {
  const info = cluster.describe(withRequests(pod));
  placed.set(info.key, info);
  cluster.place(info, pod.spec?.nodeName ?? '');
}

/** The cases hold objects as they were sent: the API server copies limits to requests that are absent. */
function withRequests(pod: Pod): Pod {
  const copy = structuredClone(pod);
  for (const container of [...(copy.spec?.containers ?? []), ...(copy.spec?.initContainers ?? [])]) {
    if (container.resources?.limits) container.resources.requests = { ...container.resources.limits, ...container.resources.requests };
  }
  return copy;
}

function withMetadata(stored: Partial<Pod>, sent: Partial<Pod>, order: number): Pod {
  const ownerReferences = sent.metadata?.ownerReferences;
  return { ...stored, metadata: { ...stored.metadata, uid: `golden-${order}`, ...(ownerReferences && { ownerReferences }) } } as Pod;
}

function runStep(pod: Pod, expected: Expected, cluster: Cluster, deciders: Decider[], placed: Map<string, PodInfo>): string[] {
  if (pod.spec?.nodeName) {
    put(cluster, pod, placed);
    return pod.spec.nodeName === expected.node ? [] : [`on ${pod.spec.nodeName}, expected ${expected.node}`];
  }
  const decider = deciders.find((d) => d.profile.schedulerName === pod.spec?.schedulerName);
  if (!decider) return expected.result === 'ignored' ? [] : [`no profile ${pod.spec?.schedulerName}`];
  const info = cluster.describe(pod);
  const gate = decider.profile.preEnqueue.map((plugin) => plugin.preEnqueue?.(info)).find((refused) => refused !== undefined);
  if (gate) return compareText('message', gate.reasons.join(', '), expected.message);
  const explained = decider.explain(info);
  const lines = [...compare(explained, expected), ...compareVolumes(info, expected, cluster)];
  carryOut(info, explained, expected, cluster, placed);
  if (expected.nodeAfterVictimsAreGone === undefined) return lines;
  for (const key of expected.victims ?? []) remove(cluster, placed, key);
  info.pod = { ...pod, status: { nominatedNodeName: expected.nominatedNodeName ?? '' } };
  const after = decider.decide(info);
  const node = after.result === 'placed' ? after.node : after.message;
  return [...lines, ...compareText('after its victims', node, expected.nodeAfterVictimsAreGone)];
}

/** Goes on from what was recorded: the pod where kube-scheduler put it, or nominated, its victims terminating. */
function carryOut(info: PodInfo, { decision }: Explained, expected: Expected, cluster: Cluster, placed: Map<string, PodInfo>): void {
  if (expected.node) {
    placed.set(info.key, info);
    cluster.place(info, expected.node);
    return;
  }
  if (!expected.nominatedNodeName) return;
  const waiting = [...(cluster.nominated.get(expected.nominatedNodeName) ?? [])];
  for (const other of waiting) if (other.priority < info.priority) cluster.denominate(other);
  cluster.nominate(info, expected.nominatedNodeName);
  if (decision.result !== 'refused') return;
  for (const key of expected.victims ?? []) terminate(cluster, placed, key);
}

const PREEMPTED = { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' };

/** Takes a pod off its node, and tells which it was. */
function remove(cluster: Cluster, placed: Map<string, PodInfo>, key: string): { pod: Pod; node: string } | undefined {
  const victim = placed.get(key);
  const node = victim && cluster.nodes.at[victim.slot]?.name;
  if (!victim || node === undefined) return undefined;
  cluster.displace(victim, node);
  return { pod: victim.pod, node };
}

function terminate(cluster: Cluster, placed: Map<string, PodInfo>, key: string): void {
  const removed = remove(cluster, placed, key);
  if (!removed) return;
  const { pod, node } = removed;
  const metadata = { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  put(
    cluster,
    { ...pod, metadata, spec: { ...pod.spec, nodeName: node }, status: { ...pod.status, conditions: [PREEMPTED] } } as Pod,
    placed,
  );
}

function compare({ decision, feasible, scores, totals }: Explained, expected: Expected): string[] {
  const lines = compareText('feasible', [...feasible].sort().join(' '), expected.feasible?.join(' '));
  if (expected.result === 'scheduled') {
    if (decision.result !== 'placed') return [...lines, `refused: ${decision.message}`];
    lines.push(...compareText('best', bestOf(feasible, totals).sort().join(' '), expected.best?.join(' ')));
    for (const [k, node] of feasible.entries()) {
      if (expected.total) lines.push(...compareText(`total of ${node}`, totals?.[k], expected.total[node]));
      for (const [plugin, score] of Object.entries(expected.scores?.[node] ?? {})) {
        lines.push(...compareText(`${plugin} of ${node}`, scores?.get(plugin)?.[k] ?? 0, score));
      }
    }
    return lines;
  }
  if (decision.result === 'placed') return [...lines, `placed on ${decision.node}`];
  lines.push(...compareText('message', decision.message, expected.message));
  lines.push(...compareText('nominated', decision.nominate?.node, expected.nominatedNodeName));
  // Victims that were on their way out already are not deleted again.
  const victims = decision.nominate?.victims.filter((victim) => !victim.terminating).map((victim) => victim.key);
  return [...lines, ...compareText('victims', victims?.sort().join(' '), expected.victims?.join(' '))];
}

function compareVolumes(info: PodInfo, { node = '', volumes }: Expected, cluster: Cluster): string[] {
  if (!volumes) return [];
  const plan = planFor(info, node, cluster);
  const bound = plan?.bindings.map(({ claim, volume }) => [claim.metadata?.name, { volume: volume.metadata?.name }]) ?? [];
  const made = plan?.provisions.map((claim) => [claim.metadata?.name, { provisionOn: node }]) ?? [];
  return compareText('volumes', JSON.stringify(Object.fromEntries([...bound, ...made])), JSON.stringify(volumes));
}

function bestOf(feasible: string[], totals: number[] | undefined): string[] {
  if (!totals) return feasible.slice();
  const highest = Math.max(...totals);
  return feasible.filter((_, k) => totals[k] === highest);
}

function compareText(what: string, ours: unknown, theirs: unknown): string[] {
  return theirs === undefined && what !== 'nominated' ? [] : ours === theirs ? [] : [`${what}: ${ours}, expected ${theirs}`];
}
