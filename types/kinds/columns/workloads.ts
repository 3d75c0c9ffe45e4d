/** The cells of apps/v1, batch/v1, and what scales and guards them. */
import type {
  V1ControllerRevision,
  V1CronJob,
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1PodDisruptionBudget,
  V1ReplicaSet,
  V1ReplicationController,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { humanDuration, timeSince } from '../../duration.ts';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, containerImages, containerNames, labelsText, NONE, nameOf, selectorText } from './common.ts';

export const deploymentCells: Cells<Wire<V1Deployment>> = (object, now) => {
  const { spec, status } = object;
  return [
    nameOf(object),
    `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
    status?.updatedReplicas ?? 0,
    status?.availableReplicas ?? 0,
    ageOf(object, now),
    containerNames(spec?.template),
    containerImages(spec?.template),
    selectorText(spec?.selector),
  ];
};

export const replicaSetCells: Cells<Wire<V1ReplicaSet>> = (object, now) => [
  nameOf(object),
  object.spec?.replicas ?? 0,
  object.status?.replicas ?? 0,
  object.status?.readyReplicas ?? 0,
  ageOf(object, now),
  containerNames(object.spec?.template),
  containerImages(object.spec?.template),
  selectorText(object.spec?.selector),
];

export const replicationControllerCells: Cells<Wire<V1ReplicationController>> = (object, now) => [
  nameOf(object),
  object.spec?.replicas ?? 0,
  object.status?.replicas ?? 0,
  object.status?.readyReplicas ?? 0,
  ageOf(object, now),
  containerNames(object.spec?.template),
  containerImages(object.spec?.template),
  labelsText(object.spec?.selector),
];

export const daemonSetCells: Cells<Wire<V1DaemonSet>> = (object, now) => {
  const { spec, status } = object;
  return [
    nameOf(object),
    status?.desiredNumberScheduled ?? 0,
    status?.currentNumberScheduled ?? 0,
    status?.numberReady ?? 0,
    status?.updatedNumberScheduled ?? 0,
    status?.numberAvailable ?? 0,
    labelsText(spec?.template?.spec?.nodeSelector),
    ageOf(object, now),
    containerNames(spec?.template),
    containerImages(spec?.template),
    selectorText(spec?.selector),
  ];
};

export const statefulSetCells: Cells<Wire<V1StatefulSet>> = (object, now) => [
  nameOf(object),
  `${object.status?.readyReplicas ?? 0}/${object.spec?.replicas ?? 0}`,
  ageOf(object, now),
  containerNames(object.spec?.template),
  containerImages(object.spec?.template),
];

export const controllerRevisionCells: Cells<Wire<V1ControllerRevision>> = (object, now) => {
  const owner = object.metadata?.ownerReferences?.find((o) => o.controller);
  const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
  const controller = owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : NONE;
  return [nameOf(object), controller, object.revision ?? 0, ageOf(object, now)];
};

export const jobCells: Cells<Wire<V1Job>> = (object, now) => {
  const { spec } = object;
  return [
    nameOf(object),
    jobStatus(object),
    completions(object),
    jobDuration(object, now),
    ageOf(object, now),
    containerNames(spec?.template),
    containerImages(spec?.template),
    selectorText(spec?.selector),
  ];
};

function jobStatus({ metadata, status }: Wire<V1Job>): string {
  const holds = (type: string) => status?.conditions?.some((c) => c.type === type && c.status === 'True');
  for (const ended of ['Complete', 'Failed']) if (holds(ended)) return ended;
  if (metadata?.deletionTimestamp) return 'Terminating';
  for (const state of ['Suspended', 'FailureTarget', 'SuccessCriteriaMet']) if (holds(state)) return state;
  return 'Running';
}

function completions({ spec, status }: Wire<V1Job>): string {
  const done = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${done}/${spec.completions}`;
  const parallel = spec?.parallelism ?? 0;
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`;
}

function jobDuration({ status }: Wire<V1Job>, now: number): string {
  if (!status?.startTime) return '';
  const end = status.completionTime ? Date.parse(status.completionTime) : now;
  return humanDuration(end - Date.parse(status.startTime));
}

export const cronJobCells: Cells<Wire<V1CronJob>> = (object, now) => {
  const { spec, status } = object;
  const template = spec?.jobTemplate?.spec?.template;
  return [
    nameOf(object),
    spec?.schedule ?? '',
    spec?.timeZone ?? NONE,
    spec?.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
    status?.active?.length ?? 0,
    status?.lastScheduleTime ? timeSince(status.lastScheduleTime, now) : NONE,
    ageOf(object, now),
    containerNames(template),
    containerImages(template),
    selectorText(spec?.jobTemplate?.spec?.selector),
  ];
};

export const disruptionBudgetCells: Cells<Wire<V1PodDisruptionBudget>> = (object, now) => [
  nameOf(object),
  String(object.spec?.minAvailable ?? 'N/A'),
  String(object.spec?.maxUnavailable ?? 'N/A'),
  object.status?.disruptionsAllowed ?? 0,
  ageOf(object, now),
];
