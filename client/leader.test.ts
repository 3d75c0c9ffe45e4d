import { expect, test } from 'vitest';
import { realClock } from '../types/part/clock.ts';
import { silentLog } from '../types/part/log.ts';
import { seededRandom } from '../types/part/random.ts';
import type { Client } from './client.ts';
import { ApiError } from './errors.ts';
import { runForLeader } from './leader.ts';
import type { Lease } from './resources.ts';

const refuse = (code: number, reason: string) =>
  new ApiError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason });

/** One lease behind the three verbs that an election uses. */
function leaseApi() {
  let lease: Lease | undefined;
  let version = 0;
  const write = (next: Lease) => {
    lease = { ...next, metadata: { ...next.metadata, resourceVersion: String(++version) } };
    return structuredClone(lease);
  };
  const client = {
    get: async () => {
      if (!lease) throw refuse(404, 'NotFound');
      return structuredClone(lease);
    },
    create: async (_: unknown, next: Lease) => {
      if (lease) throw refuse(409, 'AlreadyExists');
      return write(next);
    },
    update: async (_: unknown, next: Lease) => {
      if (next.metadata?.resourceVersion !== lease?.metadata?.resourceVersion) throw refuse(409, 'Conflict');
      return write(next);
    },
  } as unknown as Client;
  return { client, holder: () => lease?.spec?.holderIdentity, transitions: () => lease?.spec?.leaseTransitions };
}

function candidates() {
  const api = leaseApi();
  const leading: string[] = [];
  let most = 0;
  const stand = (identity: string) => {
    const end = new AbortController();
    const ctx = { clock: realClock, random: seededRandom(identity.length), log: silentLog, signal: end.signal };
    const lead = async (signal: AbortSignal) => {
      leading.push(identity);
      most = Math.max(most, leading.length);
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      leading.splice(leading.indexOf(identity), 1);
    };
    const times = { leaseDuration: 200, renewDeadline: 150, retryPeriod: 10 };
    const ended = runForLeader(api.client, ctx, { name: 'l', namespace: 'n', identity, ...times, lead });
    return { resign: () => end.abort(), ended };
  };
  return { api, leading, most: () => most, stand };
}

const until = async (condition: () => boolean) => {
  for (let i = 0; !condition(); i++) {
    if (i > 2000) throw new Error('it never came true');
    await realClock.sleep(2);
  }
};

test('one of several leads, and when it resigns another takes over at once', async () => {
  const { api, leading, most, stand } = candidates();
  const first = stand('a');
  await until(() => leading.length === 1);
  const second = stand('bb');
  expect(api.holder()).toBe('a');
  first.resign();
  await first.ended;
  await until(() => leading[0] === 'bb');
  expect(api.holder()).toBe('bb');
  expect(api.transitions()).toBe(1);
  expect(most()).toBe(1);
  second.resign();
  await second.ended;
  expect(api.holder()).toBe('');
});

test('the lease of one that died is taken when it has run out', async () => {
  const { api, leading, stand } = candidates();
  const spec = { holderIdentity: 'dead', leaseDurationSeconds: 1, renewTime: '2026-11-20T13:00:00.000000Z' };
  await api.client.create({} as never, { metadata: { name: 'l', namespace: 'n' }, spec } as never);
  const heir = stand('heir');
  await until(() => leading[0] === 'heir');
  heir.resign();
  await heir.ended;
});
