/** The cells of events, of either API: they name the same things differently. */
import { timeSince } from '../../duration.ts';
import type { ObjectMeta } from '../../wire.ts';
import { type Cells, nameOf } from './common.ts';

interface Regarding {
  kind?: string;
  name?: string;
  fieldPath?: string;
}

interface Source {
  component?: string;
  host?: string;
}

interface EventShape {
  metadata?: ObjectMeta;
  type?: string;
  reason?: string;
  message?: string;
  note?: string;
  eventTime?: string | null;
  firstTimestamp?: string | null;
  deprecatedFirstTimestamp?: string | null;
  lastTimestamp?: string | null;
  deprecatedLastTimestamp?: string | null;
  count?: number;
  deprecatedCount?: number;
  involvedObject?: Regarding;
  regarding?: Regarding;
  source?: Source;
  deprecatedSource?: Source;
  reportingComponent?: string;
  reportingController?: string;
  reportingInstance?: string;
  series?: { count?: number; lastObservedTime?: string };
}

export const eventCells: Cells<EventShape> = (event, now) => {
  const regarding = event.involvedObject ?? event.regarding ?? {};
  const first = event.firstTimestamp ?? event.deprecatedFirstTimestamp ?? event.eventTime;
  const last = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.deprecatedLastTimestamp ?? first;
  const kind = (regarding.kind ?? '').toLowerCase();
  return [
    timeSince(last, now),
    event.type ?? '',
    event.reason ?? '',
    regarding.name ? `${kind}/${regarding.name}` : kind,
    regarding.fieldPath ?? '',
    sourceText(event),
    (event.message ?? event.note ?? '').trim(),
    timeSince(first, now),
    event.series?.count ?? (event.count || event.deprecatedCount || 1),
    nameOf(event),
  ];
};

function sourceText(event: EventShape): string {
  const source = event.source ?? event.deprecatedSource ?? {};
  const component = source.component || event.reportingComponent || event.reportingController || '';
  const host = source.host || event.reportingInstance || '';
  return host ? `${component}, ${host}` : component;
}
