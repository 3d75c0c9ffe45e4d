/** Defaults of HorizontalPodAutoscalers. */
import type { V1HorizontalPodAutoscaler, V2HorizontalPodAutoscaler, V2HPAScalingRules } from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';

type Rules = Wire<V2HPAScalingRules>;

export function defaultAutoscalerV1({ spec }: Wire<V1HorizontalPodAutoscaler>): void {
  if (spec) spec.minReplicas ??= 1;
}

export function defaultAutoscalerV2({ spec }: Wire<V2HorizontalPodAutoscaler>): void {
  if (!spec) return;
  spec.minReplicas ??= 1;
  if (!spec.metrics?.length) {
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];
  }
  if (!spec.behavior) return;
  spec.behavior.scaleUp = withDefaults(spec.behavior.scaleUp, {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  });
  // Scaling down waits as long as the controller's own option says, unless told.
  spec.behavior.scaleDown = withDefaults(spec.behavior.scaleDown, {
    selectPolicy: 'Max',
    policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
  });
}

function withDefaults(given: Rules | undefined, defaults: Rules): Rules {
  return { ...defaults, ...given };
}
