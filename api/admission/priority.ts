/** Pods get the number of their PriorityClass (k8s.io/kubernetes/plugin/pkg/admission/priority). */
import type { AnyObject } from '../../types/wire.ts';
import { forbidden, invalid } from '../errors.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { createdPod, type PodObject, writtenPod } from './pods.ts';

const CLASSES = 'priorityclasses.scheduling.k8s.io';
const PODS = { group: '', plural: 'pods' };

interface PriorityClass extends AnyObject {
  value?: number;
  globalDefault?: boolean;
  preemptionPolicy?: string;
}

export function priority(source: ObjectSource): AdmissionStep {
  return {
    name: 'Priority',
    mutate: (request) => {
      const pod = createdPod(request);
      if (pod) return setPriority(source, pod, request);
      keepPriority(request);
    },
    validate: (request) => checkGlobalDefault(source, request),
  };
}

/** An update that leaves the numbers out keeps them. */
function keepPriority(request: AdmissionRequest): void {
  const pod = writtenPod(request);
  const before = request.before as PodObject | undefined;
  if (!pod?.spec || !before?.spec) return;
  pod.spec.priority ??= before.spec.priority;
  pod.spec.preemptionPolicy ??= before.spec.preemptionPolicy;
}

function setPriority(source: ObjectSource, pod: PodObject, request: AdmissionRequest): void | Promise<void> {
  const name = pod.spec.priorityClassName;
  if (!name) return apply(pod, globalDefault(source), request);
  const known = source.get(CLASSES, name) as PriorityClass | undefined;
  if (known) return apply(pod, known, request);
  return source.getFresh(CLASSES, name).then((fresh) => {
    if (!fresh) throw forbidden(PODS, request.name, `no PriorityClass with name ${name} was found`);
    apply(pod, fresh as PriorityClass, request);
  });
}

function apply(pod: PodObject, found: PriorityClass | undefined, request: AdmissionRequest): void {
  const { spec } = pod;
  const value = found?.value ?? 0;
  const policy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  if (spec.priority !== undefined && spec.priority !== value) {
    const why = `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`;
    throw forbidden(PODS, request.name, why);
  }
  if (spec.preemptionPolicy && spec.preemptionPolicy !== policy) {
    const why = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
    throw forbidden(PODS, request.name, why);
  }
  if (found && !spec.priorityClassName) spec.priorityClassName = found.metadata?.name;
  spec.priority = value;
  spec.preemptionPolicy = policy;
}

/** Of several, the one with the smallest value. */
function globalDefault(source: ObjectSource): PriorityClass | undefined {
  let found: PriorityClass | undefined;
  for (const one of source.list(CLASSES) as Iterable<PriorityClass>) {
    if (one.globalDefault && (!found || (one.value ?? 0) < (found.value ?? 0))) found = one;
  }
  return found;
}

function checkGlobalDefault(source: ObjectSource, request: AdmissionRequest): void {
  if (request.kind.storage !== CLASSES || request.operation === 'DELETE') return;
  const wanted = request.object as PriorityClass | undefined;
  if (!wanted?.globalDefault) return;
  const other = globalDefault(source);
  if (!other || other.metadata?.name === wanted.metadata?.name) return;
  const detail = `PriorityClass ${other.metadata?.name} is already marked as default. Only one default can exist`;
  throw invalid(request.kind, wanted.metadata?.name ?? '', [{ field: 'globalDefault', type: 'forbidden', detail }]);
}
