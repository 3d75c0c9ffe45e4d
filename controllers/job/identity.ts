/** Jobs and their pods: names, labels, indexes, and the finalizer that holds a pod until it is counted. */
import type * as k8s from '@kubernetes/client-node';
import { resource } from '../../client/resource.ts';
import type { Pod } from '../../client/resources.ts';
import type { Wire } from '../../types/wire.ts';
import { controllerReference } from '../shared/owners.ts';

export type Job = Wire<k8s.V1Job>;
export type JobStatus = NonNullable<Job['status']>;
export type JobCondition = NonNullable<JobStatus['conditions']>[number];

export const jobs = resource<Job>('batch/v1', 'Job', 'jobs');

export const FINALIZER = 'batch.kubernetes.io/job-tracking';
export const INDEX = 'batch.kubernetes.io/job-completion-index';
export const INDEX_FAILURES = 'batch.kubernetes.io/job-index-failure-count';
export const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';
const OURS = 'kubernetes.io/job-controller';
/** A generated name's random part takes up the rest. */
const MAX_GENERATED_PREFIX = 58;

export const jobReference = (job: Job) => controllerReference(job, 'batch/v1', 'Job');

/** Another controller looks after it. */
export const isForeign = (job: Job): boolean => (job.spec?.managedBy ?? OURS) !== OURS;

export const isIndexed = (job: Job): boolean => job.spec?.completionMode === 'Indexed';

export const isSuspended = (job: Job): boolean => job.spec?.suspend === true;

export const hasLimitPerIndex = (job: Job): boolean => job.spec?.backoffLimitPerIndex !== undefined;

/** Pods that terminate are replaced only when they have ended. */
export const waitsForEnd = (job: Job): boolean => job.spec?.podReplacementPolicy === 'Failed' || job.spec?.podFailurePolicy !== undefined;

export const conditionOf = (status: JobStatus | undefined, type: string): JobCondition | undefined =>
  status?.conditions?.find((condition) => condition.type === type && condition.status === 'True');

/** The condition that ended it, if it has ended. */
export const endOf = (job: Job): JobCondition | undefined => conditionOf(job.status, 'Complete') ?? conditionOf(job.status, 'Failed');

export const isHeld = (pod: Pod): boolean => pod.metadata?.finalizers?.includes(FINALIZER) ?? false;

/** Undefined: it has none, or one that is none of the job's. */
export function indexOf(job: Job, pod: Pod): number | undefined {
  const text = pod.metadata?.annotations?.[INDEX] ?? '';
  const index = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return index < (job.spec?.completions ?? 0) ? index : undefined;
}

/** A pod to make; `index` for indexed jobs, `annotations` are added to those of the template. */
export interface NewPod {
  index?: number;
  annotations?: Record<string, string>;
}

export function podFrom(job: Job, { index, annotations }: NewPod): Pod {
  const { metadata, spec } = job.spec?.template ?? {};
  const name = job.metadata?.name ?? '';
  const finalizers = (metadata?.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
  const indexed: Record<string, string> = index === undefined ? {} : { [INDEX]: String(index) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: index === undefined ? `${name}-` : prefixWithIndex(name, index),
      namespace: job.metadata?.namespace ?? '',
      labels: { ...metadata?.labels, ...indexed },
      annotations: { ...metadata?.annotations, ...indexed, ...annotations },
      finalizers: [...finalizers, FINALIZER],
      ownerReferences: [jobReference(job)],
    },
    spec: (index === undefined ? spec : withIndex(spec as NonNullable<Pod['spec']>, `${name}-${index}`)) as NonNullable<Pod['spec']>,
  };
}

function prefixWithIndex(name: string, index: number): string {
  const suffix = `-${index}-`;
  return name.slice(0, MAX_GENERATED_PREFIX - suffix.length) + suffix;
}

type Spec = NonNullable<Pod['spec']>;
type Container = Spec['containers'][number];

function withIndex(spec: Spec, hostname: string): Spec {
  const { initContainers, containers } = spec;
  return {
    ...spec,
    hostname,
    ...(initContainers && { initContainers: initContainers.map(withIndexVariable) }),
    containers: containers.map(withIndexVariable),
  };
}

const VARIABLE = 'JOB_COMPLETION_INDEX';

function withIndexVariable(container: Container): Container {
  if (container.env?.some(({ name }) => name === VARIABLE)) return container;
  const variable = { name: VARIABLE, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX}']` } } };
  return { ...container, env: [...(container.env ?? []), variable] };
}
