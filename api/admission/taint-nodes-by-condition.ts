/** A new node takes no pods until its controller has seen that it is ready and takes the taint off. */
import type { AdmissionStep } from './admission.ts';

const TAINT = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

interface NodeSpec {
  taints?: { key: string; effect: string }[];
}

export const taintNodesByCondition: AdmissionStep = {
  name: 'TaintNodesByCondition',
  mutate: ({ operation, kind, subresource, object }) => {
    if (operation !== 'CREATE' || kind.storage !== 'nodes' || subresource !== '' || !object) return;
    const spec = (object.spec ?? {}) as NodeSpec;
    const taints = spec.taints ?? [];
    if (!taints.some((t) => t.key === TAINT.key && t.effect === TAINT.effect)) spec.taints = [...taints, TAINT];
    object.spec = spec;
  },
};
