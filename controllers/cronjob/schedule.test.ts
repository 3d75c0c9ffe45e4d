import { expect, test } from 'vitest';
import { dueOf } from './due.ts';
import { look, outdated } from './history.ts';
import { type CronJob, jobFrom } from './identity.ts';
import { parseSchedule } from './schedule.ts';

const utc = (time: string) => Date.parse(`${time}:00Z`);
const shown = (time: number | undefined) => time && new Date(time).toISOString().slice(0, 16);

test.each([
  ['* * * * *', '2026-11-20T13:00', '2026-11-20T13:01'],
  ['*/15 * * * *', '2026-11-20T13:46', '2026-11-20T14:00'],
  ['5/20 * * * *', '2026-11-20T13:06', '2026-11-20T13:25'],
  ['0 0 * * *', '2026-12-31T13:00', '2027-01-01T00:00'],
  ['30 4 1,15 * *', '2026-11-20T13:00', '2026-12-01T04:30'],
  ['0 9 * * mon-fri', '2026-11-20T13:00', '2026-11-23T09:00'],
  ['0 0 13 * fri', '2026-11-01T00:00', '2026-11-06T00:00'],
  ['0 0 13 */1 ?', '2026-11-01T00:00', '2026-11-13T00:00'],
  ['0 0 29 feb *', '2026-11-20T13:00', '2028-02-29T00:00'],
  ['0 0 30 2 *', '2026-11-20T13:00', undefined],
  ['@hourly', '2026-11-20T13:00', '2026-11-20T14:00'],
  ['@weekly', '2026-11-20T13:00', '2026-11-22T00:00'],
  ['@every 90m', '2026-11-20T13:00', '2026-11-20T14:30'],
])('%s after %s', (text, after, expected) => {
  expect(shown(parseSchedule(text).next(utc(after)))).toBe(expected);
});

test.each([
  ['winter', '0 9 * * *', 'Europe/Berlin', '2026-11-20T13:00', '2026-11-21T08:00'],
  ['summer', '0 9 * * *', 'Europe/Berlin', '2026-07-20T13:00', '2026-07-21T07:00'],
  ['west of Greenwich', '0 0 * * *', 'America/New_York', '2026-11-20T13:00', '2026-11-21T05:00'],
  ['half an hour', '0 0 1 * *', 'Asia/Kolkata', '2026-11-20T13:00', '2026-11-30T18:30'],
  ['a time that the clock skips', '30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00', '2026-03-30T00:30'],
  ['a time that it shows twice: first', '30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00', '2026-10-25T00:30'],
  ['a time that it shows twice: again', '30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30', '2026-10-25T01:30'],
])('in a time zone: %s', (_, text, zone, after, expected) => {
  expect(shown(parseSchedule(text, zone).next(utc(after)))).toBe(expected);
});

test.each(['* * * *', '61 * * * *', '* * * * 8', 'x * * * *', '*/0 * * * *', '@sometimes'])('not a schedule: %s', (text) => {
  expect(() => parseSchedule(text)).toThrow();
});

const NOW = utc('2026-11-20T13:20');

function cron(last: string | undefined, spec: object = {}): CronJob {
  const status = last ? { lastScheduleTime: `${last}:00Z` } : {};
  const metadata = { name: 'k', uid: 'k', creationTimestamp: '2026-11-20T12:40:00Z' };
  return { metadata, spec: { schedule: '0 * * * *', jobTemplate: {}, ...spec }, status } as CronJob;
}

test.each<[string, CronJob, string | undefined, boolean]>([
  ['nothing yet', cron('2026-11-20T13:00'), undefined, false],
  ['since it was made', cron(undefined), '2026-11-20T13:00', false],
  ['the last of several', cron('2026-11-20T08:00'), '2026-11-20T13:00', false],
  ['not before the deadline', cron('2026-11-20T08:00', { startingDeadlineSeconds: 60 }), undefined, false],
  ['within the deadline', cron('2026-11-20T08:00', { startingDeadlineSeconds: 1800 }), '2026-11-20T13:00', false],
  ['very many', cron('2026-11-10T08:00'), '2026-11-20T13:00', true],
])('due: %s', (_, of, expected, tooMany) => {
  const due = dueOf(of, parseSchedule('0 * * * *'), NOW);
  expect([shown(due.time), due.tooMany]).toEqual([expected, tooMany]);
});

test('the job of a time', () => {
  const job = jobFrom(cron(undefined, { timeZone: 'Asia/Kolkata', jobTemplate: { metadata: { labels: { a: 'b' } } } }), NOW);
  expect(job.metadata).toMatchObject({
    name: `k-${NOW / 60_000}`,
    labels: { a: 'b' },
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': '2026-11-20T18:50:00+05:30' },
  });
});

const job = (name: string, end?: 'Complete' | 'Failed', start = 10) =>
  ({
    metadata: { name, uid: name },
    status: {
      startTime: `2026-11-20T13:00:${start}Z`,
      ...(end && { conditions: [{ type: end, status: 'True' }] }),
      ...(end === 'Complete' && { completionTime: '2026-11-20T13:05:00Z' }),
    },
  }) as never;

test('what has become of the jobs', () => {
  const active = [
    { name: 'done', uid: 'done' },
    { name: 'gone', uid: 'gone' },
    { name: 'runs', uid: 'runs' },
  ];
  const seen = look({ active }, [job('done', 'Complete'), job('runs'), job('strange')]);
  expect(seen.ended.map(({ metadata }) => metadata?.name)).toEqual(['done']);
  expect(seen.unexpected.map(({ metadata }) => metadata?.name)).toEqual(['strange']);
  expect(seen.missing.map(({ name }) => name)).toEqual(['gone']);
  expect(seen.active.map(({ name }) => name)).toEqual(['gone', 'runs']);
  expect(seen.lastSuccessfulTime).toBe('2026-11-20T13:05:00Z');
});

test('old jobs go as the limits say', () => {
  const of = cron(undefined, { successfulJobsHistoryLimit: 1, failedJobsHistoryLimit: 0 });
  const all = [job('c', 'Complete', 30), job('a', 'Complete', 10), job('f', 'Failed'), job('b', 'Complete', 20), job('runs')];
  expect(outdated(of, all).map(({ metadata }) => metadata?.name)).toEqual(['a', 'b', 'f']);
});
