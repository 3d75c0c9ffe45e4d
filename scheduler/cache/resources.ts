/** Resources by number: every resource name that was ever seen has a column, so that amounts live in flat arrays. */
import type { Pod } from '../../client/resources.ts';
import { milliValue, wholeValue } from '../../types/quantity.ts';

export const CPU = 0;
export const MEMORY = 1;
export const EPHEMERAL_STORAGE = 2;

/** kube-scheduler counts a container that asks for nothing as this much when it scores (not when it filters). */
export const DEFAULT_MILLI_CPU = 100;
export const DEFAULT_MEMORY = 200 * 1024 * 1024;

export class ResourceNames {
  readonly names: string[] = ['cpu', 'memory', 'ephemeral-storage'];
  readonly #columns = new Map(this.names.map((name, column) => [name, column]));

  /** The column of a name, made when it is new. */
  column(name: string): number {
    const known = this.#columns.get(name);
    if (known !== undefined) return known;
    this.#columns.set(name, this.names.length);
    this.names.push(name);
    return this.names.length - 1;
  }
}

/** Amounts by column; cpu in thousandths, the rest in whole units (bytes, devices). */
export type Amounts = Map<number, number>;
type List = Record<string, string> | undefined;

export function amountsOf(list: List, names: ResourceNames): Amounts {
  const amounts: Amounts = new Map();
  for (const [name, quantity] of Object.entries(list ?? {})) {
    if (name === 'pods') continue;
    amounts.set(names.column(name), name === 'cpu' ? milliValue(quantity) : wholeValue(quantity));
  }
  return amounts;
}

function add(to: Amounts, more: Amounts): void {
  for (const [column, amount] of more) to.set(column, (to.get(column) ?? 0) + amount);
}

function raise(to: Amounts, least: Amounts): void {
  for (const [column, amount] of least) if (amount > (to.get(column) ?? 0)) to.set(column, amount);
}

/**
 * What a pod takes from a node: the containers together, or, where that is more, what the init containers need one after the other (a
 * sidecar stays and counts for all that start after it); requests of the pod as a whole in the place of that; overhead on top.
 * `defaults` are the requests of a container that states none (k8s.io/component-helpers/resource.PodRequests).
 */
export function requestsOf(spec: NonNullable<Pod['spec']>, names: ResourceNames, defaults?: Amounts): Amounts {
  const requestsOfContainer = (list: List): Amounts => {
    const amounts = amountsOf(list, names);
    for (const [column, amount] of defaults ?? []) if (!amounts.has(column)) amounts.set(column, amount);
    return amounts;
  };
  const total: Amounts = new Map();
  for (const container of spec.containers ?? []) add(total, requestsOfContainer(container.resources?.requests));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const own = requestsOfContainer(container.resources?.requests);
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
  for (const [column, amount] of amountsOf(spec.resources?.requests, names)) total.set(column, amount);
  add(total, amountsOf(spec.overhead, names));
  return total;
}
