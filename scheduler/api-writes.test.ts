import { describe, expect, it } from 'vitest';
import type { Client } from '../client/client.ts';
import { ApiError, TransportError } from '../client/errors.ts';
import type { Pod } from '../client/resources.ts';
import { apiWrites } from './api-writes.ts';
import { aPod } from './testing/build.ts';
import { ManualClock } from './testing/manual-clock.ts';

const lost = new TransportError('the connection was closed', 'ECONNRESET', true);
const refused = new ApiError({ apiVersion: 'v1', kind: 'Status', metadata: {}, status: 'Failure', reason: 'Conflict', code: 409 });

function writesOver(client: Partial<Client>) {
  return apiWrites(client as Client, new ManualClock(), new AbortController().signal);
}

function binding(error: Error, now: Pod) {
  const fail = async () => {
    throw error;
  };
  return writesOver({ post: fail, get: (async () => now) as unknown as Client['get'] }).bind(aPod('p'), 'n');
}

const onNode = (nodeName: string) => aPod('p', { spec: { nodeName } });

describe('bindings', () => {
  it('asks what has become of a binding whose answer was lost', async () => {
    await expect(binding(lost, onNode('n'))).resolves.toBeUndefined();
    await expect(binding(lost, onNode('other'))).rejects.toBe(lost);
    await expect(binding(lost, aPod('p'))).rejects.toBe(lost);
    await expect(binding(refused, onNode('n'))).rejects.toBe(refused);
  });
});

describe('statuses', () => {
  function patches() {
    const sent: unknown[] = [];
    const patch = (async (_resource: unknown, _at: unknown, _type: unknown, body: { status: unknown }) =>
      void sent.push(body.status)) as never;
    return { sent, writes: writesOver({ patch }) };
  }
  const saying = (message: string, nominatedNodeName?: string): Pod => ({
    ...aPod('p'),
    status: {
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: '2026-01-01T00:00:00Z' }],
      ...(nominatedNodeName && { nominatedNodeName }),
    },
  });

  it('are written when they say something new, and only then', async () => {
    const { sent, writes } = patches();
    await writes.explain(saying('full'), 'full', '');
    expect(sent).toEqual([]);
    await writes.explain(saying('full'), 'tainted', undefined);
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'tainted' };
    expect(sent).toEqual([{ conditions: [{ ...condition, lastTransitionTime: '2026-01-01T00:00:00Z' }] }]);
  });

  it('tell where room is being made, and where no more', async () => {
    const { sent, writes } = patches();
    await writes.explain(saying('full'), 'full', 'n');
    await writes.explain(saying('full', 'n'), 'full', undefined);
    await writes.explain(saying('full', 'n'), 'full', '');
    expect(sent).toEqual([{ nominatedNodeName: 'n' }, { nominatedNodeName: null }]);
  });
});
