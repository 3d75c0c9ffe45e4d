/**
 * Cron schedules, in a time zone. The rules are those of the parser that Kubernetes uses (robfig/cron): where both the day of the month and
 * the day of the week are restricted, either will do; a time that the clock skips in spring is skipped, one that it repeats comes twice.
 */
import { parseDuration } from '../../types/part/flags.ts';
import { type Zone, zoneOf } from './zone.ts';

export interface Schedule {
  /** The first time after `time` (ms since 1970); undefined: none in the next five years. */
  next(time: number): number | undefined;
}

interface Fields {
  minutes: Set<number>;
  hours: Set<number>;
  days: Set<number>;
  months: Set<number>;
  weekdays: Set<number>;
  /** Both of the days' fields have to match, since one of them says any. */
  bothDays: boolean;
}

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const HORIZON = 5 * 366 * DAY;

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const DESCRIPTORS: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** Throws what is wrong with it. The zone is UTC by default. */
export function parseSchedule(text: string, timeZone = 'UTC'): Schedule {
  const trimmed = text.trim();
  if (trimmed.startsWith('@every ')) return everySo(parseDuration(trimmed.slice('@every '.length)));
  const parts = (DESCRIPTORS[trimmed] ?? trimmed).split(/\s+/).filter(Boolean);
  if (parts.length !== 5) throw new Error(`expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`);
  const [minutes = '', hours = '', days = '', months = '', weekdays = ''] = parts;
  const fields: Fields = {
    minutes: parseField(minutes, 0, 59),
    hours: parseField(hours, 0, 23),
    days: parseField(days, 1, 31),
    months: parseField(months, 1, 12, MONTHS),
    weekdays: parseField(weekdays, 0, 6, WEEKDAYS),
    bothDays: [days, weekdays].some((field) => /^[*?]/.test(field)),
  };
  const zone = zoneOf(timeZone);
  return { next: (time) => nextMatch(fields, zone, time) };
}

/** Whole seconds, at least one. */
function everySo(ms: number): Schedule {
  const step = Math.max(1000, ms - (ms % 1000));
  return { next: (time) => time - (time % 1000) + step };
}

function parseField(text: string, min: number, max: number, names: string[] = []): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [span = '', step = '1'] = part.split('/');
    const [low = '', high] = span.split('-');
    const any = low === '*' || low === '?';
    const first = any ? min : numberOf(low, min, names);
    // `5/15` goes on to the end.
    const last = any || (high === undefined && part.includes('/')) ? max : numberOf(high ?? low, min, names);
    const by = Number(step);
    if (!(first >= min && last <= max && first <= last && by > 0)) throw new Error(`not a range from ${min} to ${max}: ${part}`);
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string, min: number, names: string[]): number {
  const named = names.indexOf(text.toLowerCase());
  if (named >= 0) return named + min;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

/** Goes forward by the biggest step that can't jump over a match. */
function nextMatch(fields: Fields, zone: Zone, time: number): number | undefined {
  const end = time + HORIZON;
  let at = time - (time % MINUTE) + MINUTE;
  while (at <= end) {
    const local = new Date(zone.toLocal(at));
    const [day, month] = [local.getUTCDate(), local.getUTCMonth()];
    if (!fields.months.has(month + 1)) at = later(zone, at, Date.UTC(local.getUTCFullYear(), month + 1, 1));
    else if (!isDay(fields, local)) at = later(zone, at, Date.UTC(local.getUTCFullYear(), month, day + 1));
    else if (!fields.hours.has(local.getUTCHours())) at += HOUR - (local.getTime() % HOUR);
    else if (fields.minutes.has(local.getUTCMinutes())) return at;
    else at += MINUTE;
  }
  return undefined;
}

function isDay({ days, weekdays, bothDays }: Fields, local: Date): boolean {
  const [byDay, byWeekday] = [days.has(local.getUTCDate()), weekdays.has(local.getUTCDay())];
  return bothDays ? byDay && byWeekday : byDay || byWeekday;
}

/** The moment when the clock shows `local`; always later than `at`, also where the clock skips that time. */
function later(zone: Zone, at: number, local: number): number {
  const found = zone.fromLocal(local);
  return found > at ? found : at + HOUR - (zone.toLocal(at) % HOUR);
}
