/** What a pod asks for in all (k8s.io/component-helpers/resource: PodRequests, PodLimits). */
import { addQuantities, compareQuantities } from '../../types/quantity.ts';

export type Amounts = Record<string, string>;

export interface Resources {
  requests?: Amounts;
  limits?: Amounts;
}

export interface Container {
  name?: string;
  restartPolicy?: string;
  resources?: Resources;
  [field: string]: unknown;
}

interface Spec {
  containers?: Container[];
  initContainers?: Container[];
  overhead?: Amounts;
}

export const podAmounts = (spec: Spec): Required<Resources> => ({ requests: sum(spec, 'requests'), limits: sum(spec, 'limits') });

/** Sidecars count with the containers; of other init containers, the greatest counts, since they run one after another. */
function sum({ containers = [], initContainers = [], overhead }: Spec, part: 'requests' | 'limits'): Amounts {
  const total: Amounts = {};
  for (const container of containers) add(total, container.resources?.[part]);
  const sidecars: Amounts = {};
  const greatest: Amounts = {};
  for (const container of initContainers) {
    const own = container.resources?.[part];
    if (container.restartPolicy === 'Always') {
      add(total, own);
      add(sidecars, own);
      continue;
    }
    const needed = { ...sidecars };
    add(needed, own);
    raise(greatest, needed);
  }
  raise(total, greatest);
  if (overhead) {
    for (const [name, amount] of Object.entries(overhead)) {
      if (part === 'requests' || total[name] !== undefined) add(total, { [name]: amount });
    }
  }
  return total;
}

function add(total: Amounts, more: Amounts | undefined): void {
  for (const [name, amount] of Object.entries(more ?? {}))
    total[name] = total[name] === undefined ? amount : addQuantities(total[name], amount);
}

function raise(total: Amounts, other: Amounts): void {
  for (const [name, amount] of Object.entries(other)) {
    const own = total[name];
    if (own === undefined || compareQuantities(amount, own) > 0) total[name] = amount;
  }
}
