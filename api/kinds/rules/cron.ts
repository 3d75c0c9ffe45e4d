/** Schedules of CronJobs, with the messages of the parser that Kubernetes uses (robfig/cron). */

const FIELDS: { min: number; max: number; names?: string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What is wrong with a schedule, or undefined. */
export function scheduleFault(schedule: string): string | undefined {
  if (schedule.startsWith('@')) return descriptorFault(schedule);
  const parts = schedule.trim().split(/\s+/).filter(Boolean);
  if (parts.length !== FIELDS.length) return `expected exactly 5 fields, found ${parts.length}: [${parts.join(' ')}]`;
  for (const [i, part] of parts.entries()) {
    for (const range of part.split(',')) {
      const fault = rangeFault(range, FIELDS[i] ?? { min: 0, max: 0 });
      if (fault) return fault;
    }
  }
  return undefined;
}

function descriptorFault(text: string): string | undefined {
  if (DESCRIPTORS.includes(text)) return undefined;
  if (!text.startsWith('@every ')) return `unrecognized descriptor: ${text}`;
  const duration = text.slice('@every '.length);
  if (/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/.test(duration)) return undefined;
  return `failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`;
}

function rangeFault(expression: string, field: { min: number; max: number; names?: string[] }): string | undefined {
  const [span = '', step, extra] = expression.split('/');
  if (extra !== undefined) return `too many slashes: ${expression}`;
  const [low = '', high, more] = span.split('-');
  if (more !== undefined) return `too many hyphens: ${expression}`;
  let start = field.min;
  let end = field.max;
  if (low !== '*' && low !== '?') {
    const first = numberOf(low, field.names);
    if (typeof first === 'string') return first;
    start = first;
    const last = high === undefined ? first : numberOf(high, field.names);
    if (typeof last === 'string') return last;
    end = high === undefined && step !== undefined ? field.max : last;
  }
  const by = step === undefined ? 1 : numberOf(step);
  if (typeof by === 'string') return by;
  if (start < field.min) return `beginning of range (${start}) below minimum (${field.min}): ${expression}`;
  if (end > field.max) return `end of range (${end}) above maximum (${field.max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return by === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

function numberOf(text: string, names?: string[]): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + (names?.length === 12 ? 1 : 0);
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  return Number(text) < 0 ? `negative number (${Number(text)}) not allowed: ${text}` : Number(text);
}
