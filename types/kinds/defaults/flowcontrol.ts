/** Defaults of API Priority and Fairness. */
import type { V1FlowSchema, V1PriorityLevelConfiguration } from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';

export function defaultFlowSchema({ spec }: Wire<V1FlowSchema>): void {
  if (spec) spec.matchingPrecedence ||= 1000;
}

export function defaultPriorityLevel({ spec }: Wire<V1PriorityLevelConfiguration>): void {
  if (spec?.exempt) {
    spec.exempt.nominalConcurrencyShares ??= 0;
    spec.exempt.lendablePercent ??= 0;
  }
  if (!spec?.limited) return;
  spec.limited.nominalConcurrencyShares ??= 30;
  spec.limited.lendablePercent ??= 0;
  const queuing = spec.limited.limitResponse?.queuing;
  if (!queuing) return;
  queuing.queues ||= 64;
  queuing.handSize ||= 8;
  queuing.queueLengthLimit ||= 50;
}
