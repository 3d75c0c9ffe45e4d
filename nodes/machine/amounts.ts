/** Resources by name as numbers: cpu in thousandths, the rest in whole units. */
import type { Pod } from '../../client/resources.ts';
import { milliValue, wholeValue } from '../../types/quantity.ts';

export type Amounts = Map<string, number>;
type List = Record<string, string | number> | undefined;

export function amountsOf(list: List): Amounts {
  const amounts: Amounts = new Map();
  for (const name in list) amounts.set(name, name === 'cpu' ? milliValue(list[name] ?? 0) : wholeValue(list[name] ?? 0));
  return amounts;
}

export function add(to: Amounts, more: Amounts, sign: 1 | -1 = 1): void {
  for (const [name, amount] of more) to.set(name, (to.get(name) ?? 0) + sign * amount);
}

function raise(to: Amounts, least: Amounts): void {
  for (const [name, amount] of least) if (amount > (to.get(name) ?? 0)) to.set(name, amount);
}

/**
 * What a pod takes from its machine: its containers together, or, where that is more, what an init container needs beside the sidecars
 * started before it; requests of the pod as a whole in the place of that; overhead on top (component-helpers' resource.PodRequests).
 */
export function requestsOf(spec: NonNullable<Pod['spec']>): Amounts {
  const total: Amounts = new Map();
  for (const container of spec.containers) add(total, amountsOf(container.resources?.requests));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = amountsOf(container.resources?.requests);
    if (container.restartPolicy === 'Always') {
      add(total, own);
      add(sidecars, own);
      raise(starting, sidecars);
    } else {
      add(own, sidecars);
      raise(starting, own);
    }
  }
  raise(total, starting);
  for (const [name, amount] of amountsOf(spec.resources?.requests)) total.set(name, amount);
  add(total, amountsOf(spec.overhead));
  total.set('pods', 1);
  return total;
}
