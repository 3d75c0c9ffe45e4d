/** Keeps pods off cordoned nodes, unless they tolerate the taint that stands for it. */

import type { PodClass } from '../../cache/pod-class.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, refusal } from '../../framework/plugin.ts';
import { tolerates } from '../taint-toleration/tolerations.ts';

const CORDONED = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const ignoresCordon = ({ tolerations }: PodClass) => tolerations.some((toleration) => tolerates(toleration, CORDONED));

export function nodeUnschedulable(): Plugin {
  const name = 'NodeUnschedulable';
  const cordoned = refusal(name, 'node(s) were unschedulable');
  return {
    name,
    shape: (podClass) => String(ignoresCordon(podClass)),
    prepareFilter: ({ podClass }, { nodes }) =>
      ignoresCordon(podClass) ? undefined : { verdict: (slot) => (nodes.at[slot]?.unschedulable ? cordoned : undefined) },
    hints: [hint('node', (_pod, { node, before }) => !node.spec?.unschedulable && (!before || before.spec?.unschedulable === true))],
  };
}
