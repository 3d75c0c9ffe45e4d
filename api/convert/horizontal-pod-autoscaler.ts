/**
 * autoscaling/v1 knows one metric, the mean CPU utilisation; what else the stored v2 holds travels in annotations
 * (k8s.io/kubernetes/pkg/apis/autoscaling/v1/conversion.go).
 */
import type { AnyObject, ObjectMeta } from '../../types/wire.ts';
import { behaviorFromV1, behaviorToV1, measuredFromV1, measuredToV1, wantedFromV1, wantedToV1 } from './autoscaler-annotations.ts';
import type { Conversion } from './conversion.ts';

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics';
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics';

interface Metric {
  type: string;
  resource?: { name: string; target?: { type: string; averageUtilization?: number }; current?: { averageUtilization?: number } };
}
type Fields = Record<string, unknown>;

const isCpu = (m: Metric) => m.type === 'Resource' && m.resource?.name === 'cpu';
const isCpuUtilization = (m: Metric) => isCpu(m) && m.resource?.target?.averageUtilization !== undefined;

function fromStored(object: AnyObject): AnyObject {
  const { metrics, behavior, ...spec } = (object.spec ?? {}) as Fields & { metrics?: Metric[] };
  const { currentMetrics, conditions, ...status } = (object.status ?? {}) as Fields & { currentMetrics?: Metric[] };
  const annotations: Record<string, string> = { ...object.metadata?.annotations };
  const cpu = metrics?.find(isCpuUtilization);
  const others = metrics?.filter((m) => m !== cpu) ?? [];
  if (cpu) spec.targetCPUUtilizationPercentage = cpu.resource?.target?.averageUtilization;
  if (others.length > 0) annotations[METRICS] = JSON.stringify(wantedToV1(others));
  if (behavior !== undefined) annotations[BEHAVIOR] = JSON.stringify(behaviorToV1(behavior));
  if (conditions !== undefined) annotations[CONDITIONS] = JSON.stringify(conditions);
  // Written even when zero, here and not there.
  status.currentReplicas ??= 0;
  const current = currentMetrics?.find(isCpu)?.resource?.current?.averageUtilization;
  if (current !== undefined) status.currentCPUUtilizationPercentage = current;
  if (currentMetrics?.length) annotations[CURRENT] = JSON.stringify(measuredToV1(currentMetrics));
  return { ...object, metadata: withAnnotations(object.metadata, annotations), spec, status };
}

function toStored(object: AnyObject): AnyObject {
  const { targetCPUUtilizationPercentage: target, ...spec } = (object.spec ?? {}) as Fields;
  const { currentCPUUtilizationPercentage: _, ...status } = (object.status ?? {}) as Fields;
  const annotations: Record<string, string> = { ...object.metadata?.annotations };
  const taken = wantedFromV1(take(annotations, METRICS, undefined));
  const metrics: unknown[] = Array.isArray(taken) ? taken : [];
  if (target !== undefined) {
    metrics.push({ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: target } } });
  }
  if (metrics.length > 0) spec.metrics = metrics;
  put(spec, 'behavior', behaviorFromV1(take(annotations, BEHAVIOR, undefined)));
  if (status.currentReplicas === 0) delete status.currentReplicas;
  put(status, 'conditions', take(annotations, CONDITIONS, undefined));
  put(status, 'currentMetrics', measuredFromV1(take(annotations, CURRENT, undefined)));
  return { ...object, metadata: withAnnotations(object.metadata, annotations), spec, status };
}

/** Takes an annotation's JSON out. What does not parse is the client's own text: it is dropped, as Kubernetes drops it. */
function take(annotations: Record<string, string>, name: string, otherwise: unknown): unknown {
  const text = annotations[name];
  delete annotations[name];
  if (text === undefined) return otherwise;
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

function put(into: Fields, name: string, value: unknown): void {
  if (value !== undefined) into[name] = value;
}

function withAnnotations(metadata: ObjectMeta | undefined, annotations: Record<string, string>): ObjectMeta {
  const { annotations: _, ...rest } = metadata ?? {};
  return Object.keys(annotations).length > 0 ? { ...rest, annotations } : rest;
}

export const autoscalerConversion: Conversion = { fromStored, toStored };
