/** ElasticQuotas of scheduling.x-k8s.io, and what the pods of each namespace that have a place ask for. */
import type { KubeObject } from '../../types/wire.ts';
import type { PodInfo } from './pod-info.ts';
import { Shelf } from './storage.ts';

export interface ElasticQuota extends KubeObject {
  spec?: {
    /** What the namespace is sure to get; what others do not use of theirs may be borrowed, */
    min?: Record<string, string>;
    /** up to this. Resources that are not named are not limited. */
    max?: Record<string, string>;
  };
}

export class Quotas {
  readonly quotas = new Shelf<ElasticQuota>();
  /** Requested amounts by namespace, then by column. */
  readonly used = new Map<string, number[]>();

  charge({ podClass }: PodInfo, sign: 1 | -1): void {
    const used = this.used.get(podClass.namespace) ?? [];
    for (const [column, amount] of podClass.requests) used[column] = (used[column] ?? 0) + sign * amount;
    this.used.set(podClass.namespace, used);
  }
}
