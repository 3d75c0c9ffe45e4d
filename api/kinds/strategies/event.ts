/** Events, of either API: the newer one asks for more (kubernetes: pkg/apis/core/validation/events.go). */
import { semanticallyEqual } from '../../../types/equal.ts';
import { qualifiedName } from '../../../types/names.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { IMMUTABLE, invalid, invalidEach, required } from '../field-error.ts';
import type { FieldError, Strategy } from '../strategy.ts';

interface Regarding {
  namespace?: string;
}

interface EventShape extends AnyObject {
  involvedObject?: Regarding;
  regarding?: Regarding;
  reportingComponent?: string;
  reportingController?: string;
  reportingInstance?: string;
  action?: string;
  reason?: string;
  type?: string;
  message?: string;
  note?: string;
  eventTime?: string | null;
  series?: { count?: number; lastObservedTime?: string | null };
}

const DEFAULT_NAMESPACE = 'default';

/** Events of core/v1 are only asked whether they stand beside what they are about. */
export const coreEventStrategy: Strategy = {
  validate: (object) => placeFaults(object as EventShape),
  validateUpdate: (object) => placeFaults(object as EventShape),
};

export const eventStrategy: Strategy = {
  validate: (object) => [...placeFaults(object as EventShape), ...newEventFaults(object as EventShape)],
  validateUpdate: (object, before) => [...placeFaults(object as EventShape), ...changeFaults(object as EventShape, before as EventShape)],
};

function placeFaults(event: EventShape): FieldError[] {
  const about = (event.involvedObject ?? event.regarding)?.namespace ?? '';
  const own = event.metadata?.namespace ?? '';
  // What has no namespace is told of in the default one.
  const fits = about === own || (about === '' && (own === DEFAULT_NAMESPACE || own === 'kube-system'));
  return fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

function newEventFaults(event: EventShape): FieldError[] {
  const faults: FieldError[] = [];
  const { eventTime, reportingController = '', reportingInstance = '', action = '', reason = '', type = '', note = '', series } = event;
  if (!eventTime) faults.push(required('eventTime'));
  if (series) {
    if ((series.count ?? 0) < 2) faults.push(invalid('series.count', '', 'should be at least 2'));
    if (!series.lastObservedTime) faults.push(required('series.lastObservedTime'));
  }
  if (!reportingController) faults.push(required('reportingController'));
  else faults.push(...invalidEach('reportingController', reportingController, qualifiedName(reportingController)));
  faults.push(
    ...boundedFaults('reportingInstance', reportingInstance),
    ...boundedFaults('action', action),
    ...boundedFaults('reason', reason),
  );
  if (note.length > 1024) faults.push(invalid('message', '', 'can have at most 1024 characters'));
  if (type !== 'Normal' && type !== 'Warning') faults.push(invalid('type', '', `has invalid value: ${type}`));
  return faults;
}

function boundedFaults(field: string, value: string): FieldError[] {
  if (!value) return [required(field)];
  return value.length > 128 ? [invalid(field, '', 'can have at most 128 characters')] : [];
}

/** Only the series goes on. */
function changeFaults(event: EventShape, before: EventShape): FieldError[] {
  const fixed = ['regarding', 'related', 'reason', 'action', 'reportingController', 'reportingInstance', 'type', 'note', 'eventTime'];
  const internal: Record<string, string> = { regarding: 'involvedObject', note: 'message' };
  return fixed
    .filter((field) => !semanticallyEqual(event[field], before[field]))
    .map((field) => invalid(internal[field] ?? field, event[field], IMMUTABLE));
}
