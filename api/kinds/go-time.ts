/** RFC 3339 as Go's time.Parse reads it, with its messages. */

export type ParsedTime = { ok: true; text: string } | { ok: false; fault: string };

const SECONDS = '2006-01-02T15:04:05Z07:00';
const MICROS = '2006-01-02T15:04:05.000000Z07:00';

/** What Go's layout expects, one piece after the other: what a text has there, and how the layout spells it. */
const PIECES: [pattern: RegExp, layout: string][] = [
  [/^\d{4}/, '2006'],
  [/^-/, '-'],
  [/^\d{2}/, '01'],
  [/^-/, '-'],
  [/^\d{2}/, '02'],
  [/^T/, 'T'],
  [/^\d{2}/, '15'],
  [/^:/, ':'],
  [/^\d{2}/, '04'],
  [/^:/, ':'],
  [/^\d{2}/, '05'],
];

/** In UTC: `2026-11-20T13:00:00Z`, with `micro` `2026-11-20T13:00:00.000000Z` (and then exactly six digits are read). */
export function canonicalTime(text: string, micro: boolean): ParsedTime {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const layout = micro ? MICROS : SECONDS;
  if (!match || (micro && match[2]?.length !== 7)) return { ok: false, fault: explain(text, layout, micro) };
  const [, base = '', fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${base}${zone}`);
  if (Number.isNaN(ms)) return { ok: false, fault: `parsing time ${JSON.stringify(text)}: ${outOfRange(base)} out of range` };
  const utc = zone === 'Z' ? base : new Date(ms).toISOString().slice(0, 19);
  return { ok: true, text: `${utc}${micro ? fraction : ''}Z` };
}

function outOfRange(base: string): string {
  const [month, day, hour, minute] = [base.slice(5, 7), base.slice(8, 10), base.slice(11, 13), base.slice(14, 16)].map(Number);
  if (month === undefined || month < 1 || month > 12) return 'month';
  if (hour === undefined || hour > 23) return 'hour';
  if (minute === undefined || minute > 59) return 'minute';
  return day === undefined || day < 1 || day > 28 ? 'day' : 'second';
}

function explain(text: string, layout: string, micro: boolean): string {
  const cannot = (rest: string, piece: string) =>
    `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(piece)}`;
  let rest = text;
  for (const [pattern, piece] of PIECES) {
    const found = pattern.exec(rest);
    if (!found) return cannot(rest, piece);
    rest = rest.slice(found[0].length);
  }
  const fraction = /^\.\d+/.exec(rest)?.[0] ?? '';
  if (micro && fraction.length !== 7) return cannot(rest, '.000000');
  rest = rest.slice(fraction.length);
  const zone = /^(Z|[+-]\d\d:\d\d)/.exec(rest)?.[0];
  if (!zone) return cannot(rest, 'Z07:00');
  return `parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest.slice(zone.length))}`;
}
