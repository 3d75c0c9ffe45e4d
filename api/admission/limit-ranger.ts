/** LimitRanges: containers get a namespace's default amounts, and nothing goes beyond its limits (plugin/pkg/admission/limitranger). */
import { parseQuantity } from '../../types/quantity.ts';
import type { AnyObject } from '../../types/wire.ts';
import { forbidden } from '../errors.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { byNamespace } from './by-namespace.ts';
import { type Amounts, type Container, podAmounts, type Resources } from './pod-amounts.ts';
import { createdPod } from './pods.ts';

interface Limit {
  type?: string;
  min?: Amounts;
  max?: Amounts;
  default?: Amounts;
  defaultRequest?: Amounts;
  maxLimitRequestRatio?: Amounts;
}

interface LimitRange extends AnyObject {
  spec?: { limits?: Limit[] };
}

export function limitRanger(source: ObjectSource): AdmissionStep {
  const ranges = byNamespace(source, 'limitranges');
  const limitsFor = (request: AdmissionRequest): Limit[] =>
    [...(ranges.of(request.namespace) as Iterable<LimitRange>)].flatMap((range) => range.spec?.limits ?? []);
  const once = (run: () => void): void | Promise<void> => {
    const loading = ranges.loading();
    return loading ? loading.then(run) : run();
  };
  return {
    name: 'LimitRanger',
    mutate: (request) => {
      const pod = createdPod(request);
      return pod && once(() => setDefaults(pod, limitsFor(request)));
    },
    validate: (request) => (isLimited(request) ? once(() => check(request, limitsFor(request))) : undefined),
  };
}

/** Pods when they are made; claims when they change as well. */
function isLimited({ operation, kind, subresource }: AdmissionRequest): boolean {
  if (subresource !== '') return false;
  if (kind.storage === 'pods') return operation === 'CREATE';
  return kind.storage === 'persistentvolumeclaims' && operation !== 'DELETE';
}

const ANNOTATION = 'kubernetes.io/limit-ranger';

function setDefaults(pod: AnyObject, limits: Limit[]): void {
  const notes: string[] = [];
  const { containers = [], initContainers = [] } = pod.spec as { containers?: Container[]; initContainers?: Container[] };
  for (const limit of limits) {
    if (limit.type !== 'Container') continue;
    for (const container of containers) notes.push(...setAmounts(container, limit, 'container'));
    for (const container of initContainers) notes.push(...setAmounts(container, limit, 'init container'));
  }
  if (notes.length === 0) return;
  pod.metadata ??= {};
  pod.metadata.annotations = { ...pod.metadata.annotations, [ANNOTATION]: `LimitRanger plugin set: ${notes.join('; ')}` };
}

function setAmounts(container: Container, limit: Limit, what: string): string[] {
  const notes: string[] = [];
  container.resources ??= {};
  const { resources } = container;
  const fill = (part: 'requests' | 'limits', defaults: Amounts | undefined, word: string) => {
    const missing = Object.keys(defaults ?? {}).filter((name) => resources[part]?.[name] === undefined);
    if (missing.length === 0) return;
    const added = Object.fromEntries(missing.map((name) => [name, defaults?.[name] ?? '0']));
    resources[part] = { ...resources[part], ...added };
    notes.push(`${missing.sort().join(', ')} ${word} for ${what} ${container.name}`);
  };
  fill('requests', limit.defaultRequest, 'request');
  fill('limits', limit.default, 'limit');
  return notes;
}

function check(request: AdmissionRequest, limits: Limit[]): void {
  const faults = new Set(limits.flatMap((limit) => faultsOf(request, limit)));
  if (faults.size === 0) return;
  const texts = [...faults];
  throw forbidden(request.kind, request.name, texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`);
}

function faultsOf({ kind, object }: AdmissionRequest, limit: Limit): string[] {
  if (kind.storage === 'persistentvolumeclaims') {
    const resources = (object?.spec as { resources?: Resources } | undefined)?.resources ?? {};
    return limit.type === 'PersistentVolumeClaim' ? claimFaults(limit, resources) : [];
  }
  const spec = (object?.spec ?? {}) as { containers?: Container[]; initContainers?: Container[] };
  if (limit.type === 'Pod') return amountFaults(limit, podAmounts(spec));
  if (limit.type !== 'Container') return [];
  return [...(spec.containers ?? []), ...(spec.initContainers ?? [])].flatMap(({ resources = {} }) => amountFaults(limit, resources));
}

const nano = (amount: string | undefined) => (amount === undefined ? undefined : parseQuantity(amount).nano);

function amountFaults({ type, min, max, maxLimitRequestRatio }: Limit, { requests = {}, limits = {} }: Resources): string[] {
  const faults: string[] = [];
  for (const [name, least] of Object.entries(min ?? {})) faults.push(...minFaults(type, name, least, requests[name], limits[name]));
  for (const [name, most] of Object.entries(max ?? {})) faults.push(...maxFaults(type, name, most, requests[name], limits[name]));
  for (const [name, ratio] of Object.entries(maxLimitRequestRatio ?? {})) {
    faults.push(...ratioFaults(type, name, ratio, nano(requests[name]), nano(limits[name])));
  }
  return faults;
}

function minFaults(type = '', name: string, least: string, request: string | undefined, limit: string | undefined): string[] {
  const words = `minimum ${name} usage per ${type} is ${least}`;
  const bound = nano(least) ?? 0n;
  if (request === undefined) return [`${words}.  No request is specified`];
  if ((nano(request) ?? 0n) < bound) return [`${words}, but request is ${request}`];
  return limit !== undefined && (nano(limit) ?? 0n) < bound ? [`${words}, but limit is ${limit}`] : [];
}

function maxFaults(type = '', name: string, most: string, request: string | undefined, limit: string | undefined): string[] {
  const words = `maximum ${name} usage per ${type} is ${most}`;
  const bound = nano(most) ?? 0n;
  if (limit === undefined) return [`${words}.  No limit is specified`];
  if ((nano(limit) ?? 0n) > bound) return [`${words}, but limit is ${limit}`];
  return request !== undefined && (nano(request) ?? 0n) > bound ? [`${words}, but request is ${request}`] : [];
}

function ratioFaults(type = '', name: string, most: string, request: bigint | undefined, limit: bigint | undefined): string[] {
  const words = `${name} max limit to request ratio per ${type} is ${most}`;
  if (!request) return [`${words}, but no request is specified or request is 0`];
  if (!limit) return [`${words}, but no limit is specified or limit is 0`];
  const ratio = Number(limit) / Number(request);
  return ratio > Number(nano(most)) / 1e9 ? [`${words}, but provided ratio is ${ratio.toFixed(6)}`] : [];
}

/** Of a claim, only what it asks for counts. */
function claimFaults({ type = '', min, max }: Limit, { requests = {} }: Resources): string[] {
  const faults: string[] = [];
  for (const [name, least] of Object.entries(min ?? {})) faults.push(...minFaults(type, name, least, requests[name], undefined));
  for (const [name, most] of Object.entries(max ?? {})) faults.push(...maxRequestFaults(type, name, most, requests[name]));
  return faults;
}

function maxRequestFaults(type: string, name: string, most: string, request: string | undefined): string[] {
  const words = `maximum ${name} usage per ${type} is ${most}`;
  if (request === undefined) return [`${words}.  No request is specified`];
  return (nano(request) ?? 0n) > (nano(most) ?? 0n) ? [`${words}, but request is ${request}`] : [];
}
