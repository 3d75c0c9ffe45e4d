/**
 * Elastic quotas: a namespace is sure of its `min` and may borrow what the others do not use of theirs, up to its `max`, as the scheduler-plugins
 * project has it. Nothing is taken back from a namespace that borrowed: that would be preemption across quotas, which is not done.
 */
import { resource } from '../../../client/resource.ts';
import { milliValue, wholeValue } from '../../../types/quantity.ts';
import type { Cluster } from '../../cache/cluster.ts';
import type { PodInfo } from '../../cache/pod-info.ts';
import type { ElasticQuota } from '../../cache/quotas.ts';
import { hint } from '../../framework/events.ts';
import { keptRefusals, type Plugin, type Refusal } from '../../framework/plugin.ts';

const QUOTAS = resource<ElasticQuota>('scheduling.x-k8s.io/v1alpha1', 'ElasticQuota', 'elasticquotas');

const amountOf = (name: string, text: string) => (name === 'cpu' ? milliValue(text) : wholeValue(text));

export function capacityScheduling(): Plugin {
  const name = 'CapacityScheduling';

  const refuse = keptRefusals(name);

  const exceeded = ({ podClass }: PodInfo, { quotas, resources }: Cluster): Refusal | undefined => {
    const all = [...quotas.quotas.values()];
    const own = all.find((quota) => quota.metadata?.namespace === podClass.namespace);
    if (!own) return undefined;
    const would = (column: number) => (quotas.used.get(podClass.namespace)?.[column] ?? 0) + (podClass.requests.get(column) ?? 0);
    for (const [resourceName, most] of Object.entries(own.spec?.max ?? {})) {
      if (would(resources.column(resourceName)) <= amountOf(resourceName, most)) continue;
      return refuse(`ElasticQuota ${own.metadata?.name} is more than Max`);
    }
    for (const resourceName of Object.keys(own.spec?.min ?? {})) {
      const column = resources.column(resourceName);
      const sure = all.reduce((sum, quota) => sum + amountOf(resourceName, quota.spec?.min?.[resourceName] ?? '0'), 0);
      const spaces = new Set(all.map((quota) => quota.metadata?.namespace ?? ''));
      const used = [...spaces].reduce((sum, space) => sum + (quotas.used.get(space)?.[column] ?? 0), podClass.requests.get(column) ?? 0);
      if (used <= sure) continue;
      return refuse(`total ElasticQuota used is more than min`);
    }
    return undefined;
  };

  return {
    name,
    follows: [QUOTAS],
    prepareFilter: (pod, cluster) => {
      const refused = exceeded(pod, cluster);
      return refused && { refused };
    },
    hints: [hint('podGone'), hint('storage', (_pod, { kind }) => kind === 'ElasticQuota')],
  };
}
