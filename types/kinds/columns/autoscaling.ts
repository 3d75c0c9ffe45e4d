/** The cells of HorizontalPodAutoscalers, in either version. */
import type { V1HorizontalPodAutoscaler, V2HorizontalPodAutoscaler, V2MetricSpec, V2MetricStatus } from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, NONE, nameOf, UNSET } from './common.ts';

type Autoscaler = Wire<V2HorizontalPodAutoscaler>;
type Spec = Wire<V2MetricSpec>;
type Status = Wire<V2MetricStatus> | undefined;
interface Target {
  averageValue?: string;
  averageUtilization?: number;
  value?: string;
}

/** As many metrics as are shown; the rest are counted. */
const SHOWN = 2;
const UNKNOWN = '<unknown>';

export const autoscalerCells: Cells<Autoscaler> = (object, now) => row(object, metricsText(object), now);

export const autoscalerV1Cells: Cells<Wire<V1HorizontalPodAutoscaler>> = (object, now) => {
  const target = object.spec?.targetCPUUtilizationPercentage;
  const current = object.status?.currentCPUUtilizationPercentage;
  const text = target === undefined ? NONE : `cpu: ${current === undefined ? UNKNOWN : `${current}%`}/${target}%`;
  return row(object as Autoscaler, text, now);
};

function row(object: Autoscaler, targets: string, now: number) {
  const { spec, status } = object;
  return [
    nameOf(object),
    `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
    targets,
    spec?.minReplicas === undefined ? UNSET : String(spec.minReplicas),
    spec?.maxReplicas ?? 0,
    status?.currentReplicas ?? 0,
    ageOf(object, now),
  ];
}

function metricsText({ spec, status }: Autoscaler): string {
  const specs = spec?.metrics ?? [];
  if (specs.length === 0) return NONE;
  const texts = specs.slice(0, SHOWN).map((metric, i) => metricText(metric, status?.currentMetrics?.[i]));
  const more = specs.length - texts.length;
  return `${texts.join(', ')}${more > 0 ? ` + ${more} more...` : ''}`;
}

function metricText(spec: Spec, status: Status): string {
  switch (spec.type) {
    case 'Resource':
      return `${spec.resource?.name}: ${averageText(spec.resource?.target, status?.resource?.current)}`;
    case 'ContainerResource':
      return `${spec.containerResource?.name}: ${averageText(spec.containerResource?.target, status?.containerResource?.current)}`;
    case 'Pods':
      return `${status?.pods?.current.averageValue ?? UNKNOWN}/${spec.pods?.target.averageValue}`;
    case 'Object':
      return valueText(spec.object?.target, status?.object?.current);
    case 'External':
      return valueText(spec.external?.target, status?.external?.current);
    default:
      return '<unknown type>';
  }
}

function averageText(target: Target | undefined, current: Target | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue}`;
  const now = current?.averageUtilization === undefined ? UNKNOWN : `${current.averageUtilization}%`;
  return `${now}/${target?.averageUtilization === undefined ? '<auto>' : `${target.averageUtilization}%`}`;
}

function valueText(target: Target | undefined, current: Target | undefined): string {
  if (target?.averageValue !== undefined) return `${current?.averageValue ?? UNKNOWN}/${target.averageValue} (avg)`;
  return `${current?.value ?? UNKNOWN}/${target?.value}`;
}
