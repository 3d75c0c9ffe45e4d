/** The cells of scheduling, coordination, devices, and API Priority and Fairness. */
import type {
  ResourceV1ResourceClaim,
  V1FlowSchema,
  V1Lease,
  V1PriorityClass,
  V1PriorityLevelConfiguration,
  V1ResourceSlice,
  V1RuntimeClass,
} from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, NONE, nameOf } from './common.ts';

export const priorityClassCells: Cells<Wire<V1PriorityClass>> = (object, now) => [
  nameOf(object),
  object.value ?? 0,
  object.globalDefault ?? false,
  ageOf(object, now),
  object.preemptionPolicy ?? '',
];

export const leaseCells: Cells<Wire<V1Lease>> = (object, now) => [nameOf(object), object.spec?.holderIdentity ?? '', ageOf(object, now)];

export const runtimeClassCells: Cells<Wire<V1RuntimeClass>> = (object, now) => [nameOf(object), object.handler, ageOf(object, now)];

export const resourceClaimCells: Cells<Wire<ResourceV1ResourceClaim>> = (object, now) => {
  const { metadata, status } = object;
  const states: string[] = [];
  if (metadata?.deletionTimestamp) states.push('deleted');
  if (status?.allocation) states.push('allocated');
  else if (!metadata?.deletionTimestamp) states.push('pending');
  if (status?.reservedFor?.length) states.push('reserved');
  return [nameOf(object), states.join(','), ageOf(object, now)];
};

export const resourceSliceCells: Cells<Wire<V1ResourceSlice>> = (object, now) => [
  nameOf(object),
  object.spec.nodeName ?? '',
  object.spec.driver,
  object.spec.pool.name,
  ageOf(object, now),
];

export const flowSchemaCells: Cells<Wire<V1FlowSchema>> = (object, now) => {
  const dangling = object.status?.conditions?.find((c) => c.type === 'Dangling');
  return [
    nameOf(object),
    object.spec?.priorityLevelConfiguration.name ?? '',
    object.spec?.matchingPrecedence ?? 0,
    object.spec?.distinguisherMethod?.type ?? NONE,
    ageOf(object, now),
    dangling?.status ?? '?',
  ];
};

export const priorityLevelCells: Cells<Wire<V1PriorityLevelConfiguration>> = (object, now) => {
  const { spec } = object;
  const queuing = spec?.limited?.limitResponse?.queuing;
  return [
    nameOf(object),
    spec?.type ?? '',
    spec?.limited?.nominalConcurrencyShares ?? NONE,
    queuing?.queues ?? NONE,
    queuing?.handSize ?? NONE,
    queuing?.queueLengthLimit ?? NONE,
    ageOf(object, now),
  ];
};
