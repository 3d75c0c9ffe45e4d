import { describe, expect, it } from 'vitest';
import type { RedisBinary } from '../../store/redis/find.ts';
import type { Remembered } from './instance.ts';
import { chooseStore, type StoreRequest } from './store-choice.ts';

const here: RedisBinary = { name: 'redis', path: '/usr/bin/redis-server', version: '7.0.15' };
const nowhere = undefined;
const begun = (store: Remembered['store'], redis?: string): Remembered => ({ store, block: 1, ...(redis && { redis }) });

describe('which store an up uses', () => {
  const cases: [name: string, request: StoreRequest, remembered: Remembered | undefined, found: RedisBinary | undefined, kind: string][] = [
    ['a private Redis where there is one', {}, undefined, here, 'child'],
    ['SQLite where there is none', {}, undefined, nowhere, 'embedded'],
    ['the URL that was given', { redis: 'redis://127.0.0.1:6379' }, undefined, here, 'external'],
    ['SQLite when asked, even beside a Redis', { store: 'embedded' }, undefined, here, 'embedded'],
    ['what the data directory was begun with', {}, begun('embedded'), here, 'embedded'],
    ['the URL that the data directory was begun with', {}, begun('redis', 'redis://127.0.0.1:7000'), here, 'external'],
  ];
  it.each(cases)('%s', (_name, request, remembered, found, kind) => {
    expect(chooseStore(request, remembered, found).kind).toBe(kind);
  });

  it('does not print the password of a URL', () => {
    expect(chooseStore({ redis: 'redis://user:secret@127.0.0.1:6379' }, undefined, here).line).not.toContain('secret');
  });
});

describe('a store that can not be is refused, saying what to do', () => {
  const cases: [name: string, request: StoreRequest, remembered: Remembered | undefined, message: RegExp][] = [
    ['an unknown engine', { store: 'etcd' }, undefined, /there are "redis" and "embedded"/],
    ['two at once', { store: 'embedded', redis: 'redis://127.0.0.1' }, undefined, /exclude each other/],
    ['something that is no URL', { redis: 'localhost:6379' }, undefined, /write it as redis:/],
    ['Redis where there is none', { store: 'redis' }, undefined, /apt-get install redis-server/],
    ['another engine than the data is in', { store: 'embedded' }, begun('redis'), /begun with the redis store/],
  ];
  it.each(cases)('%s', (_name, request, remembered, message) => {
    expect(() => chooseStore(request, remembered, nowhere)).toThrow(message);
  });
});
