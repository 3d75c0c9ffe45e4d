import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Schema } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { invalid } from '../errors.ts';
import { crdStrategy, defaultCrd } from './crd-strategy.ts';
import type { Crd } from './definition.ts';
import { statusFor } from './names.ts';
import { toKinds } from './to-kind.ts';

const GROUP = { group: 'apiextensions.k8s.io', kind: 'CustomResourceDefinition' };

function crd(more: Partial<Crd['spec']> = {}, status?: Crd['status']): Crd {
  const object = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      ...more,
    },
    ...(status ? { status } : {}),
  };
  defaultCrd(object as unknown as AnyObject);
  return object as unknown as Crd;
}

/** What a server answers to the creation of a CRD; '' for a good one. */
function refusal(body: AnyObject): string {
  const object = structuredClone(body);
  defaultCrd(object);
  crdStrategy.prepareForCreate?.(object);
  const faults = crdStrategy.validate?.(object) ?? [];
  return faults.length > 0 ? (invalid(GROUP, object.metadata?.name ?? '', faults).status.message ?? '') : '';
}

const GOLDEN = join(import.meta.dirname, '../../../shared/golden/cases-public/crd-invalid.json');

interface GoldenCase {
  name: string;
  steps: { method?: string; body?: AnyObject; expect?: { status?: number; body?: { message?: string } } }[];
}

// Rules in CEL are another story; a number in words is refused when it is decoded.
const OTHERS = /CEL|compilation|cel |messageExpression|x-kubernetes-validations|cannot unmarshal/;

describe.skipIf(!existsSync(GOLDEN))('as recorded from Kubernetes (skipped where ../shared/golden is absent)', () => {
  const cases = existsSync(GOLDEN) ? (JSON.parse(readFileSync(GOLDEN, 'utf8').replace(/\$\{id\}/g, 'golden')) as GoldenCase[]) : [];
  const steps = cases.flatMap(({ name, steps: all }) =>
    all.flatMap(({ method, body, expect: wanted }, i) => {
      const message = wanted?.status === 201 ? '' : wanted?.body?.message;
      return method === 'POST' && body && message !== undefined && !OTHERS.test(message)
        ? [{ name: `${name} ${i + 1}`, body, message }]
        : [];
    }),
  );
  test.each(steps)('$name', ({ body, message }) => {
    expect(refusal(body)).toBe(message);
  });
});

test('a schema that says nothing of types is refused', () => {
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { properties: { a: {} } } } }];
  const message = refusal(crd({ versions }) as unknown as AnyObject);
  expect(message).toContain('openAPIV3Schema.type: Required value: must not be empty at the root');
  expect(message).toContain('openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields');
});

test.each<[schema: object, message: string]>([
  [
    { type: 'array', items: { type: 'object', required: {} } },
    'properties[a].items.required: Invalid value: {}: must be of type list of strings',
  ],
  [{ type: 'array', items: [{ type: 'string' }] }, 'properties[a].items: Forbidden: items must be a schema object and not an array'],
  [{ type: 'object', additionalProperties: { enum: 'x' } }, 'additionalProperties.enum: Invalid value: "x": must be of type list'],
])('a schema of a wrong shape is refused: %j', (schema, message) => {
  const openAPIV3Schema = { type: 'object', properties: { a: schema } } as Schema;
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
  expect(refusal(crd({ versions }) as unknown as AnyObject)).toContain(message);
});

test('a default has to fit its schema', () => {
  const openAPIV3Schema = { type: 'object' as const, properties: { a: { type: 'integer' as const, default: 'x' } } };
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
  expect(refusal(crd({ versions }) as unknown as AnyObject)).toContain('properties[a].default: Invalid value: "string"');
});

test.each<object>([
  { type: 'foo', default: 1 },
  { type: 'object', default: {}, properties: { b: { type: 'array', items: { type: 'object', required: {} } } } },
  { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'foo' }], default: 1, nullable: 'x' },
])('a default of a schema that is no good is not looked at: %j', (schema) => {
  const openAPIV3Schema = { type: 'object', properties: { a: schema } } as Schema;
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }];
  const message = refusal(crd({ versions }) as unknown as AnyObject);
  expect(message).toContain('properties[a]');
  expect(message).not.toContain('default');
});

describe('names', () => {
  const accepted = (names: Crd['spec']['names']) => crd({ names }, { acceptedNames: names, conditions: [], storedVersions: ['v1'] });

  test('are accepted when nobody has them', () => {
    const status = statusFor(crd(), [], 0);
    expect(status?.acceptedNames).toEqual({ plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' });
    expect(status?.conditions?.map(({ type, status: value, reason }) => [type, value, reason])).toEqual([
      ['NamesAccepted', 'True', 'NoConflicts'],
      ['Established', 'True', 'InitialNamesAccepted'],
    ]);
  });

  test('are settled once', () => {
    const status = statusFor(crd(), [], 0);
    expect(statusFor(crd({}, status), [], 5000)).toBeUndefined();
  });

  test('are refused when another of the group has them', () => {
    const other = { ...accepted({ plural: 'gadgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' }) };
    other.metadata = { name: 'gadgets.example.com' };
    const status = statusFor(crd(), [other], 0);
    expect(status?.acceptedNames).toEqual({ plural: 'widgets', kind: '' });
    expect(status?.conditions?.[0]).toMatchObject({
      status: 'False',
      reason: 'ListKindConflict',
      message: '"WidgetList" is already in use',
    });
    expect(status?.conditions?.[1]).toMatchObject({ status: 'False', reason: 'NotAccepted' });
  });
});

describe('kinds', () => {
  const versions = [
    { name: 'v1beta1', served: true, storage: false, deprecated: true, schema: { openAPIV3Schema: { type: 'object' as const } } },
    { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' as const } }, subresources: { status: {} } },
    { name: 'v2', served: false, storage: false, schema: { openAPIV3Schema: { type: 'object' as const } } },
  ];

  test('one for each served version, the best first', () => {
    const kinds = toKinds(crd({ versions }));
    expect(kinds.map((kind) => kind.version)).toEqual(['v1', 'v1beta1']);
    expect(kinds[0]?.storageVersion).toBeUndefined();
    expect(kinds[1]?.storageVersion).toEqual({ group: 'example.com', version: 'v1' });
    expect(kinds[0]?.subresources.map((sub) => sub.name)).toEqual(['status']);
    expect(kinds[1]?.deprecation).toBe('example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget');
  });

  test('only what is stored where a webhook would have to convert', () => {
    expect(toKinds(crd({ versions, conversion: { strategy: 'Webhook' } })).map((kind) => kind.version)).toEqual(['v1']);
  });

  test('columns are read by their paths', () => {
    const additionalPrinterColumns = [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Tags', type: 'string', jsonPath: '.spec.tags' },
      { name: 'None', type: 'string', jsonPath: '.spec.none' },
    ];
    const [kind] = toKinds(crd({ versions: [{ name: 'v1', served: true, storage: true, additionalPrinterColumns }] }));
    expect(kind?.columns.map((column) => column.name)).toEqual(['Name', 'Size', 'Tags', 'None']);
    expect(kind?.cells({ metadata: { name: 'w' }, spec: { size: 3, tags: ['a'] } }, 0)).toEqual(['w', 3, '["a"]', null]);
  });
});
