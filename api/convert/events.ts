/** core/v1 Event (stored) and events.k8s.io/v1 Event are one object under two sets of names (k8s.io/kubernetes/pkg/apis/events/v1/conversion.go). */
import type { AnyObject } from '../../types/wire.ts';
import type { Conversion } from './conversion.ts';

/** The core name, and the one of events.k8s.io. */
const NAMES: [core: string, events: string][] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];
const TO_EVENTS = new Map(NAMES);
const TO_CORE = new Map(NAMES.map(([core, events]) => [events, core]));

function renamed(object: AnyObject, names: Map<string, string>): AnyObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value]));
}

/** Written even when empty in core/v1, and left out then in events.k8s.io/v1. */
const ALWAYS_IN_CORE = ['reportingComponent', 'reportingInstance'];

export const eventsConversion: Conversion = {
  fromStored: (object) => {
    const rest = { ...object };
    for (const field of ALWAYS_IN_CORE) if (rest[field] === '') delete rest[field];
    return renamed(rest, TO_EVENTS);
  },
  toStored: (object) => {
    const stored = renamed(object, TO_CORE);
    for (const field of ALWAYS_IN_CORE) stored[field] ??= '';
    return stored;
  },
};
