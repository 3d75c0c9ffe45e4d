/** A pod that names its node goes nowhere else. Such pods don't come to the scheduler's queue; simulations may ask about them. */
import { hint } from '../../framework/events.ts';
import { type Plugin, refusal } from '../../framework/plugin.ts';

export function nodeName(): Plugin {
  const name = 'NodeName';
  const another = refusal(name, "node(s) didn't match the requested node name");
  return {
    name,
    prepareFilter: ({ pod }, { nodes }) => {
      const wanted = pod.spec?.nodeName;
      return wanted ? { verdict: (slot) => (nodes.at[slot]?.name === wanted ? undefined : another) } : undefined;
    },
    hints: [hint('node', (pod, { node }) => pod.pod.spec?.nodeName === node.metadata?.name)],
  };
}
