import { expect, test } from 'vitest';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { DeleteOptions } from './delete-options.ts';
import { planDeletion } from './deletion.ts';

const kinds = builtinKinds();
const kindOf = (plural: string) => kinds.find((k) => k.plural === plural) ?? kinds[0];
const NOW = Date.parse('2026-01-01T00:00:00Z');

const running = { nodeName: 'n', terminationGracePeriodSeconds: 30 };
const dying = { deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30 };

interface Case {
  plural: string;
  object: AnyObject;
  options?: DeleteOptions;
  fate: string;
  /** Of the metadata afterwards. */
  shows?: object;
}

const cases: Record<string, Case> = {
  'an object goes at once': { plural: 'configmaps', object: { metadata: {} }, fate: 'remove' },
  'finalizers hold it': {
    plural: 'configmaps',
    object: { metadata: { finalizers: ['a/b'], generation: 1 } },
    fate: 'mark',
    shows: { deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 0, generation: 2 },
  },
  'a marked one is left as it is': {
    plural: 'configmaps',
    object: { metadata: { finalizers: ['a/b'], deletionTimestamp: '2026-01-01T00:00:00Z' } },
    fate: 'unchanged',
  },
  'foreground waits for its dependents': {
    plural: 'deployments',
    object: { metadata: {} },
    options: { propagationPolicy: 'Foreground' },
    fate: 'mark',
    shows: { finalizers: ['foregroundDeletion'] },
  },
  'background takes the wish to orphan back': {
    plural: 'deployments',
    object: { metadata: { finalizers: ['orphan'], deletionTimestamp: '2026-01-01T00:00:00Z' } },
    options: { propagationPolicy: 'Background' },
    fate: 'remove',
  },
  'a ReplicationController orphans by default': {
    plural: 'replicationcontrollers',
    object: { metadata: {} },
    fate: 'mark',
    shows: { finalizers: ['orphan'] },
  },
  'a pod on a node has its grace period': {
    plural: 'pods',
    object: { metadata: {}, spec: running },
    fate: 'mark',
    shows: dying,
  },
  'a pod without a node goes at once, after it was marked': { plural: 'pods', object: { metadata: {}, spec: {} }, fate: 'remove' },
  'a finished pod too': { plural: 'pods', object: { metadata: {}, spec: running, status: { phase: 'Failed' } }, fate: 'remove' },
  'a grace period is shortened from its start': {
    plural: 'pods',
    object: { metadata: { ...dying }, spec: running },
    options: { gracePeriodSeconds: 10 },
    fate: 'mark',
    shows: { deletionTimestamp: '2026-01-01T00:00:10Z', deletionGracePeriodSeconds: 10 },
  },
  'but not made longer': {
    plural: 'pods',
    object: { metadata: { ...dying }, spec: running },
    options: { gracePeriodSeconds: 60 },
    fate: 'unchanged',
  },
  'a namespace waits for its controllers': {
    plural: 'namespaces',
    object: { metadata: {}, spec: { finalizers: ['kubernetes'] } },
    fate: 'mark',
    shows: { deletionTimestamp: '2026-01-01T00:00:00Z' },
  },
};

test.each(Object.entries(cases))('%s', (_, { plural, object, options = {}, fate, shows = {} }) => {
  const kind = kindOf(plural);
  if (!kind) throw new Error(plural);
  expect(planDeletion(kind, object, options, NOW).fate).toBe(fate);
  expect(object.metadata).toMatchObject(shows);
});
