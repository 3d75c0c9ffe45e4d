/** CronJobs. */
import type { V1CronJob } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { invalid, nonNegative, oneOf, required } from '../field-error.ts';
import { scheduleFault } from '../rules/cron.ts';
import { templateWarnings } from '../rules/warnings.ts';
import type { FieldError, Strategy } from '../strategy.ts';
import { jobSpecFaults } from './job.ts';

type CronJob = Wire<V1CronJob>;

/** Room for what is added to make the names of its jobs. */
const NAME_LIMIT = 52;

export const cronJobStrategy: Strategy = {
  validate: (object) => [...nameFaults(object as CronJob), ...specFaults(object as CronJob)],
  validateUpdate: (object) => specFaults(object as CronJob),
  warnings: (object) => templateWarnings((object as CronJob).spec?.jobTemplate?.spec?.template, 'spec.jobTemplate.spec.template'),
};

function nameFaults({ metadata }: CronJob): FieldError[] {
  const name = metadata?.name ?? '';
  return name.length > NAME_LIMIT ? [invalid('metadata.name', name, `must be no more than ${NAME_LIMIT} characters`)] : [];
}

function specFaults({ spec }: CronJob): FieldError[] {
  if (!spec) return [];
  const faults: FieldError[] = [];
  if (!spec.schedule) faults.push(required('spec.schedule'));
  else {
    const withZone = spec.schedule.includes('TZ');
    const fault = withZone ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead' : scheduleFault(spec.schedule);
    if (fault) faults.push(invalid('spec.schedule', spec.schedule, fault));
  }
  faults.push(...nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds));
  faults.push(...timeZoneFaults(spec.timeZone));
  faults.push(...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']));
  faults.push(...jobSpecFaults(spec.jobTemplate?.spec, 'spec.jobTemplate.spec', false));
  faults.push(...nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit));
  return [...faults, ...nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)];
}

function timeZoneFaults(zone: string | undefined): FieldError[] {
  if (zone === undefined) return [];
  const at = 'spec.timeZone';
  if (zone === '') return [invalid(at, zone, 'timeZone must be nil or non-empty string')];
  if (zone.toLowerCase() === 'local') {
    return [invalid(at, zone, 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')];
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    return [invalid(at, zone, `unknown time zone ${zone}`)];
  }
}
