import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, Kind } from '../../types/kinds/kind.ts';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { StatusError } from '../errors.ts';
import type { Entry } from './entries.ts';
import { versionsOf } from './kind-types.ts';
import { applyObject, trackUpdate, type Writing } from './managed-fields.ts';

const configMaps = builtinKinds().find(({ kind }) => kind === 'ConfigMap') as Kind;
const forms = { fromStored: (_: Kind, object: AnyObject) => object, toStored: (_: Kind, object: AnyObject) => object };

let clock = 0;
function by(manager: string, subresource = ''): Writing {
  clock++;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    subresource,
    manager,
    now: `2026-01-01T00:00:${String(clock % 60).padStart(2, '0')}Z`,
    versions: versionsOf(configMaps, [configMaps], subresource, forms),
    zero: () => ({ metadata: {} }),
  };
}

const map = (data: Record<string, string | null> | undefined, metadata: AnyObject['metadata'] = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...metadata },
  ...(data ? { data } : {}),
});
const entriesOf = (object: AnyObject) => (object.metadata?.managedFields ?? []) as Entry[];
/** `m1 Apply k,l` */
const owners = (object: AnyObject) =>
  entriesOf(object).map(
    ({ manager, operation, fieldsV1 }) =>
      `${manager} ${operation} ${JSON.stringify(fieldsV1?.['f:data'] ?? {}).replace(/[{}":]|f(?=:)/g, '')}`,
  );
const stored = (object: AnyObject): AnyObject => ({ ...object, metadata: { ...object.metadata, uid: 'u' } });

function update(before: AnyObject | undefined, wanted: AnyObject, manager: string): AnyObject {
  const object = structuredClone(wanted);
  trackUpdate(by(manager), before, object);
  return stored(object);
}
const apply = (live: AnyObject | undefined, config: AnyObject, manager: string, force = false) =>
  stored(applyObject(by(manager), live, config, force));

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof StatusError) return `${error.status.code} ${error.status.message}`;
    throw error;
  }
  throw new Error('not refused');
}

describe('apply', () => {
  it('takes away what its manager no longer applies, unless somebody else owns it', () => {
    const one = apply(undefined, map({ k: '1', l: '2' }), 'm1');
    const two = apply(one, map({ k: '1' }), 'm2');
    const three = apply(two, map(undefined), 'm1');
    expect(three.data).toEqual({ k: '1' });
    expect(owners(three)).toEqual(['m2 Apply k']);
  });

  it('is refused where others own what would change, and forced takes it', () => {
    const one = apply(undefined, map({ k: '1' }), 'm1');
    expect(refusal(() => apply(one, map({ k: '2' }), 'm2'))).toBe('409 Apply failed with 1 conflict: conflict with "m1": .data.k');
    const updated = update(one, map({ k: '3' }, { uid: 'u' }), 'kubectl');
    expect(refusal(() => apply(updated, map({ k: '1' }), 'm1'))).toBe(
      '409 Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.k',
    );
    expect(owners(apply(updated, map({ k: '1' }), 'm1', true))).toEqual(['m1 Apply k']);
  });

  it('of the same value is shared', () => {
    const one = apply(undefined, map({ k: '1' }), 'm1');
    // Who changes nothing has no time, and comes first, as in Kubernetes.
    expect(owners(apply(one, map({ k: '1' }), 'm2'))).toEqual(['m2 Apply k', 'm1 Apply k']);
  });

  it('again changes nothing, not even the time', () => {
    const one = apply(undefined, map({ k: '1' }), 'm1');
    expect(apply(one, map({ k: '1' }), 'm1')).toEqual(one);
  });

  it('of an object that nobody owns has to force what was there before', () => {
    const live = map({ k: '1' }, { uid: 'u' });
    expect(refusal(() => apply(live, map({ k: '2' }), 'm1'))).toContain('conflict with "before-first-apply" using v1: .data.k');
    expect(owners(apply(live, map({ l: '2' }), 'm1'))).toEqual(['m1 Apply l', 'before-first-apply Update .,k']);
  });

  it('of kubectl takes over what its annotation says that it owns', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(map({ k: '1' })) };
    const live = update(undefined, map({ k: '1' }, { annotations }), 'kubectl-client-side-apply');
    const applied = apply(live, map({ k: '2' }), 'kubectl');
    expect(applied.data).toEqual({ k: '2' });
    expect(applied.metadata?.annotations?.['kubectl.kubernetes.io/last-applied-configuration']).toContain('"k":"2"');
    expect(refusal(() => apply(live, map({ k: '2' }), 'other'))).toContain('conflict with "kubectl-client-side-apply"');
  });

  it.each<[string, AnyObject, string]>([
    ['another kind', { ...map({}), kind: 'Secret' }, '400 invalid object type: /v1, Kind=Secret'],
    ['managed fields', map({}, { managedFields: [] }), '400 metadata.managedFields must be nil'],
    [
      'unknown fields',
      { ...map({}), nope: 1 },
      '500 failed to create typed patch object (/a; /v1, Kind=ConfigMap): .nope: field not declared in schema',
    ],
  ])('is refused with %s', (_, config, message) => expect(refusal(() => apply(undefined, config, 'm'))).toBe(message));
});

describe('updates', () => {
  it('own what they add and change, and nobody owns what is gone', () => {
    const one = update(undefined, map({ k: '1', l: '2' }), 'm1');
    expect(owners(one)).toEqual(['m1 Update .,k,l']);
    const two = update(one, map({ k: '2' }, { uid: 'u' }), 'm2');
    expect(owners(two)).toEqual(['m1 Update ', 'm2 Update k']);
  });

  it('that change nothing leave the entries as they are', () => {
    const one = update(undefined, map({ k: '1' }), 'm1');
    expect(entriesOf(update(one, map({ k: '1' }), 'm2'))).toEqual(entriesOf(one));
  });

  it('are not tracked on objects that nobody owns', () => {
    expect(entriesOf(update(map({ k: '1' }, { uid: 'u' }), map({ k: '2' }), 'm'))).toEqual([]);
  });

  it('may clear the managed fields, or write them by hand', () => {
    const one = update(undefined, map({ k: '1' }), 'm1');
    expect(entriesOf(update(one, map({ k: '2' }, { managedFields: [{}] }), 'm2'))).toEqual([]);
    const entry = { manager: 'x', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:k': {} } } };
    expect(owners(update(one, map({ k: '1' }, { managedFields: [entry] }), 'm2'))).toEqual(['x Apply k']);
    const bad = { ...entry, operation: 'Nope' };
    expect(owners(update(one, map({ k: '1' }, { managedFields: [bad] }), 'm2'))).toEqual(['m1 Update .,k']);
  });

  it('of more than ten managers are put together', () => {
    let object = update(undefined, map({ k0: '' }), 'm00');
    for (let i = 1; i <= 13; i++) {
      const data = { ...(object.data as Record<string, string>), [`k${i}`]: '' };
      object = update(object, { ...object, data }, `m${String(i).padStart(2, '0')}`);
    }
    const names = entriesOf(object).map(({ manager }) => manager);
    expect(names).toHaveLength(10);
    expect(names).toContain('ancient-changes');
    expect(names).toContain('m13');
    expect(names).not.toContain('m03');
  });

  it('of no name are of an unknown manager', () => {
    expect(owners(update(undefined, map({ k: '1' }), ''))).toEqual(['unknown Update .,k']);
  });
});

const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2'), { minKeys: 1, maxKeys: 4 });

describe('properties', () => {
  it('what two managers apply, one after the other and forced, is there, and nothing else', () => {
    fc.assert(
      fc.property(data, data, data, (first, second, third) => {
        let object = apply(undefined, map(first), 'm1', true);
        object = apply(object, map(second), 'm2', true);
        object = apply(object, map(third), 'm1', true);
        expect(object.data ?? {}).toEqual({ ...second, ...third });
        expect(apply(object, map(third), 'm1')).toEqual(object);
      }),
    );
  });

  it('every field has an owner after a creation and any updates', () => {
    fc.assert(
      fc.property(fc.array(data, { minLength: 1, maxLength: 5 }), (states) => {
        let object: AnyObject | undefined;
        states.forEach((state, i) => {
          object = update(object, map({ ...state, keep: String(i % 2) }), `m${i % 3}`);
        });
        const owned = new Set(entriesOf(object as AnyObject).flatMap(({ fieldsV1 }) => Object.keys(fieldsV1?.['f:data'] ?? {})));
        owned.delete('.');
        expect([...owned].sort()).toEqual(
          Object.keys((object as AnyObject).data as Record<string, Json>)
            .map((key) => `f:${key}`)
            .sort(),
        );
      }),
    );
  });
});
