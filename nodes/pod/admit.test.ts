import { expect, test } from 'vitest';
import { amountsOf, requestsOf } from '../machine/amounts.ts';
import { admit } from './admit.ts';

const allocatable = amountsOf({ cpu: '2', memory: '8Gi', pods: 3, 'example.com/gpu': 1 });

test.each([
  ['fits', { cpu: '500m', memory: '1Gi', pods: 1 }, { cpu: '1500m', pods: 2 }, undefined],
  [
    'too little cpu',
    { cpu: '600m', pods: 1 },
    { cpu: '1500m' },
    {
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 600, used: 1500, capacity: 2000",
    },
  ],
  ['too many pods', { pods: 1 }, { pods: 3 }, { reason: 'OutOfpods' }],
  ['too little memory', { memory: '9Gi', pods: 1 }, {}, { reason: 'OutOfmemory' }],
  ['a device that is taken', { 'example.com/gpu': 1, pods: 1 }, { 'example.com/gpu': 1 }, { reason: 'OutOfexample.com/gpu' }],
  ['a device that is not there', { 'example.com/tpu': 1 }, {}, { reason: 'OutOfexample.com/tpu' }],
])('%s', (_, requests, used, refusal) => {
  const result = admit(amountsOf(requests), amountsOf(used as Record<string, string>), allocatable);
  if (refusal) expect(result).toMatchObject(refusal);
  else expect(result).toBeUndefined();
});

test('a pod takes what its containers need together, or an init container beside the sidecars, if that is more', () => {
  const container = (name: string, cpu: string, restartPolicy?: string) => ({ name, restartPolicy, resources: { requests: { cpu } } });
  const spec = { containers: [container('a', '100m'), container('b', '200m')], overhead: { cpu: '10m' } };
  expect(requestsOf(spec).get('cpu')).toBe(310);
  const initContainers = [container('side', '50m', 'Always'), container('setup', '1')];
  expect(requestsOf({ ...spec, initContainers }).get('cpu')).toBe(1060);
});
