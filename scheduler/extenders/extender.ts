/**
 * A scheduler extender: a service that is asked over HTTP which nodes it takes, how it scores them, which victims it agrees to, and to bind
 * (k8s.io/kube-scheduler/extender/v1). It is asked about pods that request one of its managed resources, or about all if it names none.
 */
import type { Node, Pod } from '../../client/resources.ts';
import type { Clock } from '../../types/part/clock.ts';
import { parseDuration } from '../../types/part/flags.ts';
import type { PodInfo } from '../cache/pod-info.ts';
import { ConfigError } from '../config/error.ts';

export interface ExtenderConfig {
  urlPrefix?: string;
  filterVerb?: string;
  prioritizeVerb?: string;
  preemptVerb?: string;
  bindVerb?: string;
  /** What its scores (0 to 10) are multiplied with. */
  weight?: number;
  /** A Go duration. Default 5s. */
  httpTimeout?: string;
  /** It keeps the nodes itself: it is sent their names alone. */
  nodeCacheCapable?: boolean;
  managedResources?: { name: string; ignoredByScheduler?: boolean }[];
  /** When it does not answer, pods are scheduled without it. */
  ignorable?: boolean;
}

const FIELDS = [
  'urlPrefix',
  'filterVerb',
  'prioritizeVerb',
  'preemptVerb',
  'bindVerb',
  'weight',
  'httpTimeout',
  'nodeCacheCapable',
  'managedResources',
  'ignorable',
];
const TIMEOUT = 5000;

export interface FilterAnswer {
  nodes: string[];
  /** By node: why not. */
  failed: Record<string, string>;
}

/** Throws `ConfigError`. */
export function checkExtenders(configs: readonly ExtenderConfig[]): readonly ExtenderConfig[] {
  for (const [i, config] of configs.entries()) {
    const what = `extenders[${i}]`;
    for (const field of Object.keys(config)) if (!FIELDS.includes(field)) throw new ConfigError(`${what}: "${field}" is not supported`);
    if (!config.urlPrefix || !URL.canParse(config.urlPrefix)) throw new ConfigError(`${what}: urlPrefix must be an URL`);
    if (config.prioritizeVerb && !((config.weight ?? 0) > 0)) throw new ConfigError(`${what}: prioritizeVerb needs a weight above 0`);
    if (config.httpTimeout !== undefined) parseDuration(config.httpTimeout);
  }
  if (configs.filter((config) => config.bindVerb).length > 1) throw new ConfigError('extenders: only one may have a bindVerb');
  return configs;
}

type Answer = Record<string, unknown>;

/** Go writes `NodeNames` and reads any case; so do we. */
function field(answer: unknown, name: string): unknown {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const key = Object.keys(answer).find((other) => other.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : (answer as Answer)[key];
}

const textsOf = (value: unknown): Record<string, string> =>
  typeof value === 'object' && value !== null ? (value as Record<string, string>) : {};

export class Extender {
  readonly config: ExtenderConfig;
  readonly #clock: Clock;

  constructor(config: ExtenderConfig, clock: Clock) {
    this.config = config;
    this.#clock = clock;
  }

  isFor({ spec }: Pod): boolean {
    const managed = this.config.managedResources;
    if (!managed?.length) return true;
    const containers = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
    const asks = ({ resources }: (typeof containers)[number], name: string) => name in { ...resources?.requests, ...resources?.limits };
    return managed.some(({ name }) => containers.some((container) => asks(container, name)));
  }

  /** Rejects if it does not answer or answers with an error. */
  async filter(pod: Pod, nodes: Node[]): Promise<FilterAnswer> {
    const names = nodes.map((node) => node.metadata?.name ?? '');
    const answer = await this.#ask(this.config.filterVerb ?? '', { Pod: pod, ...this.#nodesFor(nodes, names) });
    const error = field(answer, 'Error');
    if (error) throw new Error(String(error));
    const items = field(field(answer, 'Nodes'), 'items') as Node[] | null | undefined;
    const kept = (field(answer, 'NodeNames') as string[] | null | undefined) ?? items?.map((node) => node.metadata?.name ?? '');
    const failed = { ...textsOf(field(answer, 'FailedNodes')), ...textsOf(field(answer, 'FailedAndUnresolvableNodes')) };
    return { nodes: names.filter((name) => (kept ? kept.includes(name) : !(name in failed))), failed };
  }

  /** Scores by node, times the weight, on the plugins' scale of 0 to 100. */
  async prioritize(pod: Pod, nodes: Node[]): Promise<Map<string, number>> {
    const names = nodes.map((node) => node.metadata?.name ?? '');
    const answer = await this.#ask(this.config.prioritizeVerb ?? '', { Pod: pod, ...this.#nodesFor(nodes, names) });
    const list = Array.isArray(answer) ? answer : [];
    return new Map(
      list.map((entry) => [String(field(entry, 'Host')), Number(field(entry, 'Score') ?? 0) * (this.config.weight ?? 1) * 10]),
    );
  }

  /** Whether it agrees that these go from this node; it may name fewer. `undefined`: it does not agree. */
  async preempt(pod: Pod, node: string, victims: PodInfo[]): Promise<PodInfo[] | undefined> {
    const meta = { [node]: { Pods: victims.map(({ uid }) => ({ UID: uid })), NumPDBViolations: 0 } };
    const whole = { [node]: { Pods: victims.map((victim) => victim.pod), NumPDBViolations: 0 } };
    const sent = this.config.nodeCacheCapable ? { NodeNameToMetaVictims: meta } : { NodeNameToVictims: whole };
    const answer = field(await this.#ask(this.config.preemptVerb ?? '', { Pod: pod, ...sent }), 'NodeNameToMetaVictims');
    const agreed = textsOf(answer)[node] as unknown;
    if (!agreed) return undefined;
    const uids = ((field(agreed, 'Pods') as unknown[] | null) ?? []).map((entry) => field(entry, 'UID'));
    return victims.filter(({ uid }) => uids.includes(uid));
  }

  async bind(pod: Pod, node: string): Promise<void> {
    const { name, namespace, uid } = pod.metadata ?? {};
    const answer = await this.#ask(this.config.bindVerb ?? '', { PodName: name, PodNamespace: namespace, PodUID: uid, Node: node });
    const error = field(answer, 'Error');
    if (error) throw new Error(String(error));
  }

  #nodesFor(items: Node[], names: string[]): object {
    return this.config.nodeCacheCapable ? { NodeNames: names } : { Nodes: { apiVersion: 'v1', kind: 'NodeList', metadata: {}, items } };
  }

  async #ask(verb: string, body: object): Promise<unknown> {
    const { urlPrefix = '', httpTimeout } = this.config;
    const late = new AbortController();
    const timer = this.#clock.after(httpTimeout === undefined ? TIMEOUT : parseDuration(httpTimeout), () => late.abort());
    try {
      const url = `${urlPrefix.replace(/\/+$/, '')}/${verb}`;
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: late.signal });
      if (!response.ok) throw new Error(`failed ${verb} with extender at URL ${url}, code ${response.status}`);
      return await response.json();
    } finally {
      timer.cancel();
    }
  }
}
