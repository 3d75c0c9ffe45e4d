/** Keeps pods off nodes whose taints they do not tolerate, and prefers nodes with fewer `PreferNoSchedule` taints. */
import { hint } from '../../framework/events.ts';
import { type Plugin, refusal } from '../../framework/plugin.ts';
import { reluctance, repels } from './tolerations.ts';

export function taintToleration(): Plugin {
  const name = 'TaintToleration';
  const untolerated = refusal(name, 'node(s) had untolerated taint(s)');
  return {
    name,
    shape: ({ tolerations }) => JSON.stringify(tolerations),
    prepareFilter: ({ podClass: { tolerations } }, { nodes }) => ({
      verdict: (slot) => {
        const taints = nodes.at[slot]?.taints ?? [];
        return taints.length > 0 && repels(taints, tolerations) ? untolerated : undefined;
      },
    }),
    prepareScore: ({ podClass: { tolerations } }, { nodes }) => ({
      raw: (slot) => reluctance(nodes.at[slot]?.taints ?? [], tolerations),
      normalize: 'least',
    }),
    hints: [
      hint('node', (pod, { node, before }) => {
        const { tolerations } = pod.podClass;
        const repelled = before ? repels(before.spec?.taints ?? [], tolerations) : true;
        return repelled && !repels(node.spec?.taints ?? [], tolerations);
      }),
    ],
  };
}
