/** Cron jobs and the jobs they make. */
import type * as k8s from '@kubernetes/client-node';
import { resource } from '../../client/resource.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { Wire } from '../../types/wire.ts';
import type { Job } from '../job/identity.ts';
import { controllerReference } from '../shared/owners.ts';
import { zoneOf } from './zone.ts';

export type CronJob = Wire<k8s.V1CronJob>;
export type CronJobStatus = NonNullable<CronJob['status']>;
export type ActiveJob = NonNullable<CronJobStatus['active']>[number];

export const cronJobs = resource<CronJob>('batch/v1', 'CronJob', 'cronjobs');

const SCHEDULED = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const MINUTE = 60_000;

/** The same for the same time, so that no time is served twice. */
export const jobNameAt = (cron: CronJob, time: number): string => `${cron.metadata?.name}-${Math.floor(time / MINUTE)}`;

export function jobFrom(cron: CronJob, time: number): Job {
  const { metadata, spec } = cron.spec?.jobTemplate ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobNameAt(cron, time),
      namespace: cron.metadata?.namespace ?? '',
      ...(metadata?.labels && { labels: metadata.labels }),
      annotations: { ...metadata?.annotations, [SCHEDULED]: inZone(time, cron.spec?.timeZone) },
      ownerReferences: [controllerReference(cron, 'batch/v1', 'CronJob')],
    },
    ...(spec && { spec }),
  };
}

/** RFC 3339 with the zone's offset: `2026-11-20T14:00:00+01:00`. */
function inZone(time: number, timeZone = 'UTC'): string {
  const minutes = Math.round((zoneOf(timeZone).toLocal(time) - time) / MINUTE);
  if (minutes === 0) return rfc3339(time);
  const size = Math.abs(minutes);
  const two = (number: number) => String(Math.floor(number)).padStart(2, '0');
  return `${rfc3339(time + minutes * MINUTE).slice(0, -1)}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`;
}

export const referenceTo = ({ metadata }: Job): ActiveJob => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  name: metadata?.name ?? '',
  namespace: metadata?.namespace ?? '',
  ...(metadata?.uid && { uid: metadata.uid }),
  ...(metadata?.resourceVersion && { resourceVersion: metadata.resourceVersion }),
});
