import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Json } from '../kind.ts';
import { builtinKinds } from '../registry.ts';

/** Tables that a kube-apiserver answered with, where they are at hand. */
const RECORDED = join(import.meta.dirname, '../../../../shared/golden/cases-public/tables-kinds.json');

interface Row {
  cells: Json[];
  object?: { metadata?: { name?: string } };
}

interface Step {
  expect: { body?: object };
}

const cases: { name: string; steps: Step[] }[] = existsSync(RECORDED) ? JSON.parse(readFileSync(RECORDED, 'utf8')) : [];
const kinds = builtinKinds();
const NOW = Date.parse('2026-11-21T00:00:00Z');

test('every kind has as many cells as columns, even for an empty object', () => {
  for (const kind of kinds.filter((k) => k.columns.length > 0)) {
    const spec = { scaleTargetRef: {}, priorityLevelConfiguration: {}, pool: {}, driver: '', nodeName: '' };
    const cells = kind.cells({ metadata: { name: 'x' }, spec, roleRef: {} }, NOW);
    expect([kind.kind, cells.length]).toEqual([kind.kind, kind.columns.length]);
  }
});

test('a restarted pod says how often and when last', () => {
  const pod = kinds.find((k) => k.kind === 'Pod');
  const status = {
    phase: 'Running',
    containerStatuses: [
      { ready: true, restartCount: 2, state: { running: {} }, lastState: { terminated: { finishedAt: '2026-11-20T23:55:00Z' } } },
    ],
  };
  const cells = pod?.cells({ metadata: { name: 'p', creationTimestamp: '2026-11-20T22:00:00Z' }, spec: { containers: [{}] }, status }, NOW);
  expect(cells?.slice(0, 5)).toEqual(['p', '1/1', 'Running', '2 (5m ago)', '120m']);
});

/** The objects of a case as the server last showed them, and the rows it made of them. */
function rowsOf(steps: Step[]): { object: Record<string, unknown>; recorded: Json[] }[] {
  const objects = new Map<string, Record<string, unknown>>();
  const rows: { object: Record<string, unknown>; recorded: Json[] }[] = [];
  for (const { expect: answer } of steps) {
    const body = answer.body as { kind?: string; metadata?: { name?: string }; rows?: Row[] } | undefined;
    if (body?.metadata?.name && body.kind !== 'Table') objects.set(body.metadata.name, body);
    for (const row of body?.rows ?? []) {
      const object = objects.get(row.object?.metadata?.name ?? '');
      if (object) rows.push({ object, recorded: row.cells });
    }
  }
  return rows;
}

/** Ages differ from run to run; addresses are kept, since they stand in the object as they stand in the row. */
const comparable = (cells: Json[] | undefined) => cells?.map((c) => (/^(<age>|<unknown>|\d+y\d*d?|NaN.*)$/.test(String(c)) ? '<age>' : c));

describe.skipIf(cases.length === 0)('as recorded (skipped without the recorded cases)', () => {
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_name, { steps }) => {
    const rows = rowsOf(steps);
    for (const { object, recorded } of rows) {
      const [group, version] = String(object.apiVersion).includes('/') ? String(object.apiVersion).split('/') : ['', object.apiVersion];
      const kind = kinds.find((k) => k.group === group && k.version === version && k.kind === object.kind);
      expect(comparable(kind?.cells(object, NOW))).toEqual(comparable(recorded));
    }
  });
});
