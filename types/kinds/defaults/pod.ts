/** Defaults of pods and pod templates (kubernetes: pkg/apis/core/v1/defaults.go). */
import type {
  V1Container,
  V1ContainerPort,
  V1Pod,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Probe,
  V1ResourceRequirements,
} from '@kubernetes/client-node';
import { addQuantities } from '../../quantity.ts';
import type { Wire } from '../../wire.ts';
import { defaultVolume } from './volumes.ts';

type Container = Wire<V1Container>;
type PodSpec = Wire<V1PodSpec>;

/** A Pod gets what a template does not: requests from limits, host ports, service links. */
export function defaultPod(pod: Wire<V1Pod>): void {
  const { spec } = pod;
  if (!spec) return;
  defaultPodSpec(spec);
  spec.enableServiceLinks ??= true;
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    requestsFromLimits(container.resources);
    if (spec.hostNetwork) for (const port of container.ports ?? []) defaultHostPort(port);
  }
  if (spec.resources) defaultPodResources(spec, spec.resources);
}

export function defaultPodTemplate(template: Wire<V1PodTemplateSpec> | undefined | null): void {
  if (template?.spec) defaultPodSpec(template.spec);
}

export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ??= 'ClusterFirst';
  spec.restartPolicy ??= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ??= 'default-scheduler';
  spec.serviceAccountName ??= spec.serviceAccount;
  if (spec.serviceAccountName === undefined) delete spec.serviceAccountName;
  else spec.serviceAccount = spec.serviceAccountName;
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container as Container);
}

function defaultContainer(container: Container): void {
  container.imagePullPolicy ??= isLatest(container.image ?? '') ? 'Always' : 'IfNotPresent';
  container.terminationMessagePath ??= '/dev/termination-log';
  container.terminationMessagePolicy ??= 'File';
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ??= 'TCP';
  for (const { valueFrom } of container.env ?? []) if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ??= 'v1';
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) if (probe) defaultProbe(probe);
  for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop]) if (hook?.httpGet) defaultHttpGet(hook.httpGet);
}

/** An image without a tag and without a digest is `latest`, and `latest` is pulled anew each time. */
function isLatest(image: string): boolean {
  const digest = image.indexOf('@');
  const name = digest < 0 ? image : image.slice(0, digest);
  const colon = name.lastIndexOf(':');
  const tag = colon > name.lastIndexOf('/') ? name.slice(colon + 1) : '';
  return tag === 'latest' || (tag === '' && digest < 0);
}

function defaultProbe(probe: Wire<V1Probe>): void {
  probe.timeoutSeconds ||= 1;
  probe.periodSeconds ||= 10;
  probe.successThreshold ||= 1;
  probe.failureThreshold ||= 3;
  if (probe.httpGet) defaultHttpGet(probe.httpGet);
  if (probe.grpc) probe.grpc.service ??= '';
}

function defaultHttpGet(action: { path?: string; scheme?: string }): void {
  action.path ??= '/';
  action.scheme ??= 'HTTP';
}

/** On the host's network a container's port is the host's. */
function defaultHostPort(port: Wire<V1ContainerPort>): void {
  port.hostPort ||= port.containerPort;
}

function requestsFromLimits(resources: Wire<V1ResourceRequirements> | undefined): void {
  if (!resources?.limits) return;
  resources.requests ??= {};
  for (const [name, limit] of Object.entries(resources.limits)) resources.requests[name] ??= limit;
}

/** Requests of the pod as a whole: what its containers ask for together, else its own limits. */
function defaultPodResources(spec: PodSpec, resources: Wire<V1ResourceRequirements>): void {
  if (!resources.limits && !resources.requests) return;
  const requests = resources.requests ?? {};
  const asked: Record<string, string> = {};
  for (const container of spec.containers ?? []) {
    for (const [name, amount] of Object.entries(container.resources?.requests ?? {})) {
      if (!isPodLevel(name)) continue;
      asked[name] = addQuantities(asked[name] ?? '0', amount);
    }
  }
  for (const [name, amount] of Object.entries(asked)) if (resources.limits?.[name]) requests[name] ??= amount;
  for (const [name, limit] of Object.entries(resources.limits ?? {})) if (isPodLevel(name)) requests[name] ??= limit;
  if (Object.keys(requests).length > 0) resources.requests = requests;
}

const isPodLevel = (name: string) => name === 'cpu' || name === 'memory' || name.startsWith('hugepages-');
