import { describe, expect, test } from 'vitest';
import { builtinKinds } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { StatusError } from '../errors.ts';
import { duplicateFields } from './duplicate-fields.ts';
import { checkDecoded, decodeFaults } from './validate.ts';

const kinds = builtinKinds();
const kindOf = (name: string) => {
  const kind = kinds.find((k) => k.kind === name);
  if (!kind) throw new Error(name);
  return kind;
};

describe('a value of the wrong type is a fault in the words of encoding/json', () => {
  const field = (type: string, where: string, want: string) =>
    `json: cannot unmarshal ${type} into Go struct field ${where} of type ${want}`;
  test.each([
    ['ConfigMap', { metadata: { name: 1 } }, field('number', 'ObjectMeta.metadata.name', 'string')],
    ['ConfigMap', { metadata: { labels: { a: true } } }, field('bool', 'ObjectMeta.metadata.labels', 'string')],
    ['ConfigMap', { metadata: [] }, field('array', 'ConfigMap.metadata', 'v1.ObjectMeta')],
    ['ConfigMap', { data: [] }, field('array', 'ConfigMap.data', 'map[string]string')],
    ['Deployment', { spec: { replicas: 'three' } }, field('string', 'DeploymentSpec.spec.replicas', 'int32')],
    ['Deployment', { spec: { replicas: 1.5 } }, field('number 1.5', 'DeploymentSpec.spec.replicas', 'int32')],
    ['Deployment', { spec: { replicas: 2 ** 31 } }, field('number 2147483648', 'DeploymentSpec.spec.replicas', 'int32')],
    ['Pod', { spec: { containers: {} } }, field('object', 'PodSpec.spec.containers', '[]v1.Container')],
    [
      'Pod',
      { spec: { containers: [{ imagePullPolicy: 5 }] } },
      field('number', 'Container.spec.containers.imagePullPolicy', 'v1.PullPolicy'),
    ],
    ['Secret', { data: { a: '!!' } }, 'illegal base64 data at input byte 0'],
    [
      'Lease',
      { spec: { renewTime: 'yesterday' } },
      'parsing time "yesterday" as "2006-01-02T15:04:05.000000Z07:00": cannot parse "yesterday" as "2006"',
    ],
  ])('%s %j', (name, object, fault) => expect(decodeFaults(kindOf(name), object as AnyObject).fault).toBe(fault));
});

test('what comes out is what Go would write', () => {
  const pod = {
    metadata: { name: 'p', labels: {}, annotations: { a: null }, creationTimestamp: '2020-01-01T02:00:00+02:00' },
    spec: {
      nodeName: '',
      hostNetwork: false,
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'c',
          image: 'x',
          command: [],
          resources: { limits: { cpu: '0.5' } },
          env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'x' } } }],
        },
      ],
    },
  };
  expect(decodeFaults(kindOf('Pod'), pod as unknown as AnyObject)).toEqual({ strict: [] });
  expect(pod).toEqual({
    metadata: { name: 'p', annotations: { a: '' }, creationTimestamp: '2020-01-01T00:00:00Z' },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          name: 'c',
          image: 'x',
          resources: { limits: { cpu: '500m' } },
          env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'x', divisor: '0' } } }],
        },
      ],
    },
    status: {},
  });
});

test('unknown fields are dropped and named with their whole path', () => {
  const object: AnyObject = { spec: { template: { spec: { containers: [{ name: 'c', imag: 1 }] } }, replica: 2 } };
  expect(decodeFaults(kindOf('Deployment'), object).strict).toEqual([
    'unknown field "spec.template.spec.containers[0].imag"',
    'unknown field "spec.replica"',
  ]);
  expect(JSON.stringify(object)).not.toMatch(/imag"|replica"/);
});

test('Strict refuses, Warn warns, Ignore is silent', () => {
  const text = '{"data":{"a":"1","a":"2"},"nope":1}';
  const run = (mode: 'Strict' | 'Warn' | 'Ignore') => {
    const warnings: string[] = [];
    checkDecoded(kindOf('ConfigMap'), JSON.parse(text), mode, warnings, text);
    return warnings;
  };
  expect(() => run('Strict')).toThrow(StatusError);
  expect(run('Warn')).toEqual(['unknown field "nope"', 'duplicate field "data.a"']);
  expect(run('Ignore')).toEqual([]);
});

test.each([
  ['{"a":1,"b":{"a":2}}', []],
  ['{"a":1,"a":2,"a":3}', ['a']],
  ['{"s":[{"n":1},{"n":1,"n":2}]}', ['s[1].n']],
  ['{"a\\"b":1,"x":"a\\"b","a\\"b":2}', ['a"b']],
  ['{"a":"{,}","b":[1,[2,{"c":1,"c":2}]]}', ['b[1][1].c']],
])('keys that stand twice in %s', (text, found) => expect(duplicateFields(text)).toEqual(found));
