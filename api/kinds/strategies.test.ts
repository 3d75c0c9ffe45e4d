import { describe, expect, test } from 'vitest';
import { applyDefaults } from '../../types/kinds/defaults.ts';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { strategyOf } from './strategies.ts';
import { decodeFaults } from './validate.ts';

const kinds = builtinKinds();

/** A stored object of the kind. */
function stored(name: string, object: AnyObject): { strategy: ReturnType<typeof strategyOf>; object: AnyObject } {
  const kind = kinds.find((k) => k.kind === name);
  if (!kind) throw new Error(name);
  const strategy = strategyOf(kind);
  const metadata = { name: 'x', namespace: kind.namespaced ? 'ns' : undefined, uid: 'u', creationTimestamp: '2026-11-20T13:00:00Z' };
  const made: AnyObject = { ...structuredClone(object), metadata: { ...metadata, ...object.metadata } };
  if (!kind.namespaced) delete made.metadata?.namespace;
  decodeFaults(kind, made);
  applyDefaults(kind, made);
  strategy.prepareForCreate?.(made);
  return { strategy, object: made };
}

const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };
const deployment = { spec: { selector: { matchLabels: { a: 'b' } }, template }, status: { replicas: 9 } };

test('every kind can be created with nothing but a name, or says what it needs', () => {
  // CustomResourceDefinitions have defaults of their own, which this does not apply.
  const all = kinds.filter((k) => k.verbs.includes('get') && k.verbs.includes('create') && k.kind !== 'CustomResourceDefinition');
  for (const kind of all) {
    const { strategy, object } = stored(kind.kind, {});
    expect(() => strategy.validate?.(object)).not.toThrow();
    expect(() => strategy.validateUpdate?.(object, structuredClone(object))).not.toThrow();
    expect(() => strategy.warnings?.(object)).not.toThrow();
  }
});

describe('deployments', () => {
  test('are created without a status and with generation 1', () => {
    const { object } = stored('Deployment', deployment);
    expect([object.metadata?.generation, object.status]).toEqual([1, {}]);
  });

  test('an update keeps the status; the generation follows the spec alone', () => {
    const { strategy, object: before } = stored('Deployment', deployment);
    const same = structuredClone({ ...before, status: { replicas: 3 } });
    strategy.prepareForUpdate?.(same, before);
    expect([same.metadata?.generation, same.status]).toEqual([1, {}]);
    const scaled = structuredClone(before);
    (scaled.spec as { replicas: number }).replicas = 5;
    strategy.prepareForUpdate?.(scaled, before);
    expect(scaled.metadata?.generation).toBe(2);
  });

  test('a status update changes nothing else', () => {
    const { strategy, object: before } = stored('Deployment', deployment);
    const after: AnyObject = structuredClone({ ...before, spec: { replicas: 7 }, status: { replicas: 2 } });
    strategy.prepareForStatusUpdate?.(after, before);
    expect([after.spec, after.status]).toEqual([before.spec, { replicas: 2 }]);
  });

  test('the selector stays', () => {
    const { strategy, object: before } = stored('Deployment', deployment);
    const after = structuredClone(before);
    (after.spec as typeof deployment.spec).selector = { matchLabels: { a: 'c' } };
    expect(strategy.validateUpdate?.(after, before).map((f) => `${f.field}: ${f.detail}`)).toEqual([
      'spec.template.metadata.labels: `selector` does not match template `labels`',
      'spec.selector: field is immutable',
    ]);
  });
});

describe('pods', () => {
  const pod = (spec: object = {}) => stored('Pod', { spec: { containers: [{ name: 'c', image: 'i' }], ...spec } });
  const resources = (limits: object, requests?: object) => ({ containers: [{ name: 'c', image: 'i', resources: { limits, requests } }] });

  test.each([
    [{}, 'BestEffort'],
    [resources({ cpu: '1', memory: '1Gi' }), 'Guaranteed'],
    [resources({ cpu: '1', memory: '1Gi' }, { cpu: '500m' }), 'Burstable'],
    [resources({ cpu: '1' }), 'Burstable'],
  ])('%j is %s', (spec, qos) => expect((pod(spec).object.status as { qosClass: string }).qosClass).toBe(qos));

  test('only the image of a container changes', () => {
    const { strategy, object: before } = pod();
    const change = (edit: (container: Record<string, unknown>) => void) => {
      const after = structuredClone(before);
      edit((after.spec as { containers: Record<string, unknown>[] }).containers[0] ?? {});
      return strategy.validateUpdate?.(after, before).map((f) => f.field);
    };
    expect(change((c) => Object.assign(c, { image: 'j' }))).toEqual([]);
    expect(change((c) => Object.assign(c, { command: ['x'] }))).toEqual(['spec']);
  });
});

test('addresses of loopback are good endpoints', () => {
  const { strategy, object } = stored('EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['127.0.128.1'] }],
    ports: [{ port: 80 }],
  });
  expect(strategy.validate?.(object)).toEqual([]);
});
