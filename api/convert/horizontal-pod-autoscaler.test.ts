import { expect, test } from 'vitest';
import { autoscalerConversion } from './horizontal-pod-autoscaler.ts';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';

const sources = [
  { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '100Mi' } } },
  {
    type: 'ContainerResource',
    containerResource: { name: 'cpu', container: 'c', target: { type: 'Utilization', averageUtilization: 50 } },
  },
  {
    type: 'Pods',
    pods: { metric: { name: 'hits', selector: { matchLabels: { a: 'b' } } }, target: { type: 'AverageValue', averageValue: '5' } },
  },
  {
    type: 'Object',
    object: { describedObject: { kind: 'Service', name: 's' }, metric: { name: 'hits' }, target: { type: 'Value', value: '7' } },
  },
  { type: 'External', external: { metric: { name: 'queue' }, target: { type: 'AverageValue', averageValue: '9' } } },
];

const behavior = { scaleUp: { stabilizationWindowSeconds: 5, policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }] } };

test('what v1 has no fields for goes through annotations and comes back', () => {
  const stored = { metadata: { name: 'h' }, spec: { maxReplicas: 3, metrics: sources, behavior }, status: {} };
  const v1 = autoscalerConversion.fromStored(structuredClone(stored));
  expect(JSON.parse(v1.metadata?.annotations?.[METRICS] ?? '')[2]).toEqual({
    type: 'Pods',
    pods: { metricName: 'hits', targetAverageValue: '5', selector: { matchLabels: { a: 'b' } } },
  });
  expect(v1.metadata?.annotations?.[BEHAVIOR]).toBe(
    '{"ScaleUp":{"StabilizationWindowSeconds":5,"SelectPolicy":null,"Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15}],"Tolerance":null},"ScaleDown":null}',
  );
  expect(autoscalerConversion.toStored(v1)).toEqual(stored);
});

test('annotations that are no JSON of ours are dropped', () => {
  const v1 = { metadata: { name: 'h', annotations: { [METRICS]: '7', [BEHAVIOR]: '{' } }, spec: { maxReplicas: 3 } };
  expect(autoscalerConversion.toStored(v1).spec).toEqual({ maxReplicas: 3 });
});
