/** A pod takes over what its RuntimeClass adds to it: overhead, node selector, tolerations (plugin/pkg/admission/runtimeclass). */
import type { AnyObject } from '../../types/wire.ts';
import { forbidden } from '../errors.ts';
import { equal } from '../patch/value.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { createdPod, type Toleration } from './pods.ts';

const CLASSES = 'runtimeclasses.node.k8s.io';
const PODS = { group: '', plural: 'pods' };

interface RuntimeClass extends AnyObject {
  overhead?: { podFixed?: Record<string, string> };
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: Toleration[] };
}

interface Spec {
  runtimeClassName?: string;
  overhead?: Record<string, string>;
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
}

export function runtimeClass(source: ObjectSource): AdmissionStep {
  return {
    name: 'RuntimeClass',
    mutate: (request) => {
      const spec = createdPod(request)?.spec as Spec | undefined;
      if (!spec) return;
      if (spec.runtimeClassName) return adopt(source, spec, spec.runtimeClassName, request);
      if (spec.overhead) throw rejected(request, 'Pod Overhead set without corresponding RuntimeClass defined Overhead');
    },
  };
}

const rejected = ({ name }: AdmissionRequest, why: string) => forbidden(PODS, name, `pod rejected: ${why}`);

async function adopt(source: ObjectSource, spec: Spec, name: string, request: AdmissionRequest): Promise<void> {
  const found = (source.get(CLASSES, name) ?? (await source.getFresh(CLASSES, name))) as RuntimeClass | undefined;
  if (!found) throw rejected(request, `RuntimeClass "${name}" not found`);
  adoptOverhead(spec, found, request);
  const { nodeSelector, tolerations = [] } = found.scheduling ?? {};
  for (const [key, value] of Object.entries(nodeSelector ?? {})) {
    const own = spec.nodeSelector?.[key];
    if (own === undefined || own === value) continue;
    const why = `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`;
    throw rejected(request, why);
  }
  if (nodeSelector) spec.nodeSelector = { ...spec.nodeSelector, ...nodeSelector };
  const added = tolerations.filter((one) => !spec.tolerations?.some((other) => equal(one, other)));
  if (added.length > 0) spec.tolerations = [...(spec.tolerations ?? []), ...added];
}

function adoptOverhead(spec: Spec, { overhead }: RuntimeClass, request: AdmissionRequest): void {
  const wanted = overhead?.podFixed;
  if (!wanted && spec.overhead) throw rejected(request, 'Pod Overhead set without corresponding RuntimeClass defined Overhead');
  if (!wanted) return;
  if (spec.overhead && !equal(spec.overhead, wanted)) {
    throw rejected(request, "Pod's Overhead doesn't match RuntimeClass's defined Overhead");
  }
  spec.overhead = { ...wanted };
}
