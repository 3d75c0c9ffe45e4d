/** Spreads the pods that belong together evenly over zones, hosts or whatever label names the domains. */
import type { Cluster } from '../../cache/cluster.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import { compileSelector } from '../../cache/selector.ts';
import { hint } from '../../framework/events.ts';
import { type FilterRun, type Plugin, refusal } from '../../framework/plugin.ts';
import { type Constraint, type Constraints, resolveConstraints, type SpreadArgs } from './constraints.ts';
import { softScores } from './soft-scores.ts';

export function podTopologySpread(args: SpreadArgs = {}): Plugin {
  const name = 'PodTopologySpread';
  const tooMany = refusal(name, "node(s) didn't match pod topology spread constraints", true);
  const noLabel = refusal(name, "node(s) didn't match pod topology spread constraints (missing required label)");
  const constraintsOf = keptConstraints(args);

  const filter = (constraints: readonly Constraint[]): FilterRun => {
    // Of each constraint: the most pods that a domain may have before this pod comes.
    const limits = constraints.map(({ domains, minDomains, maxSkew, self }) => {
      const least = domains.count < minDomains ? 0 : domains.least();
      return maxSkew + least - self;
    });
    return {
      verdict: (slot) => {
        for (let i = 0; i < constraints.length; i++) {
          const { topology, domains } = constraints[i] as Constraint;
          const value = topology.domainOf[slot] as number;
          if (value < 0) return noLabel;
          if ((domains.totals[value] ?? 0) > (limits[i] as number)) return tooMany;
        }
        return undefined;
      },
    };
  };

  const concerns = (podClass: PodClass, labels: Record<string, string> | undefined, namespace: string | undefined) =>
    podClass.namespace === namespace && podClass.spread.some((c) => compileSelector(c.labelSelector).matches(labels ?? {}));

  return {
    name,
    prepareFilter: ({ podClass }, cluster) => {
      const { hard } = constraintsOf(podClass, cluster);
      return hard.length > 0 ? filter(hard) : undefined;
    },
    prepareScore: ({ podClass }, cluster) => {
      const { soft, allKeys } = constraintsOf(podClass, cluster);
      return soft.length > 0 ? softScores(soft, allKeys) : undefined;
    },
    hints: [
      hint('podPlaced', ({ podClass }, { pod }) => concerns(podClass, pod.metadata?.labels, pod.metadata?.namespace)),
      hint('podGone', ({ podClass }, { pod }) => concerns(podClass, pod.metadata?.labels, pod.metadata?.namespace)),
      hint('node'),
      hint('nodeGone'),
    ],
  };
}

/** A class's constraints, resolved once; again when the Services or controllers that default constraints are made of have changed. */
function keptConstraints(args: SpreadArgs): (podClass: PodClass, cluster: Cluster) => Constraints {
  const kept = new WeakMap<PodClass, { version: number; constraints: Constraints }>();
  return (podClass, cluster) => {
    const version = podClass.spread.length > 0 ? 0 : cluster.workloads.version(podClass.namespace);
    const known = kept.get(podClass);
    if (known?.version === version) return known.constraints;
    if (!known) podClass.release.push(() => kept.get(podClass)?.constraints.release());
    const constraints = resolveConstraints(podClass, cluster, args);
    known?.constraints.release();
    kept.set(podClass, { version, constraints });
    return constraints;
  };
}
