/** Wall clocks of time zones. Local times are written as milliseconds since 1970 on that clock. */
export interface Zone {
  toLocal(time: number): number;
  /** The earlier one where the clock shows it twice; where it skips it, the moment of the jump or a little later. */
  fromLocal(local: number): number;
}

const UTC: Zone = { toLocal: (time) => time, fromLocal: (local) => local };

const HOUR = 3_600_000;

/** Throws a RangeError for a zone that is not known. */
export function zoneOf(name: string): Zone {
  if (name === 'UTC' || name === 'Etc/UTC') return UTC;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  // Offsets change on whole quarters of an hour.
  let known = { quarter: Number.NaN, offset: 0 };
  const offsetAt = (time: number) => {
    const quarter = Math.floor(time / (HOUR / 4));
    if (quarter !== known.quarter) known = { quarter, offset: measure(format, time) };
    return known.offset;
  };
  return {
    toLocal: (time) => time + offsetAt(time),
    fromLocal: (local) => {
      const before = local - offsetAt(local - 14 * HOUR);
      return before + offsetAt(before) === local ? before : local - offsetAt(before);
    },
  };
}

function measure(format: Intl.DateTimeFormat, time: number): number {
  const part = Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, Number(value)])) as Record<string, number>;
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000;
}
