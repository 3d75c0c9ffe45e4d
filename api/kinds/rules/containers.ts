/** Containers of a pod. */
import type { V1Container, V1ContainerPort, V1VolumeMount } from '@kubernetes/client-node';
import { dns1123Label, portName, portNumber } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, invalidEach, notFound, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';
import { envFaults, envFromFaults } from './env.ts';
import { lifecycleFaults, probeFaults } from './probes.ts';
import { requirementsFaults } from './resources.ts';
import { containerSecurityFaults } from './security.ts';

type Container = Wire<V1Container>;

export interface PodShape {
  volumes: Set<string>;
  hostNetwork: boolean;
}

const PULL = ['Always', 'IfNotPresent', 'Never'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Containers and then init containers: names are unique over both. */
export function containersFaults(
  containers: Container[] | undefined | null,
  inits: Container[] | undefined | null,
  pod: PodShape,
  at: string,
): FieldError[] {
  const faults: FieldError[] = [];
  const names = new Set<string>();
  if (!containers?.length) faults.push(required(`${at}.containers`));
  for (const [i, container] of (containers ?? []).entries()) faults.push(...oneFaults(container, names, pod, `${at}.containers[${i}]`));
  for (const [i, container] of (inits ?? []).entries()) {
    const path = `${at}.initContainers[${i}]`;
    faults.push(...oneFaults(container, names, pod, path));
    if (container.restartPolicy !== 'Always') faults.push(...initOnlyFaults(container, path));
  }
  faults.push(...hostPortFaults(containers ?? [], `${at}.containers`));
  return faults;
}

function oneFaults(container: Container, names: Set<string>, pod: PodShape, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const { name, image } = container;
  if (!name) faults.push(required(`${at}.name`));
  else {
    faults.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
    if (names.has(name)) faults.push(duplicate(`${at}.name`, name));
    names.add(name);
  }
  if (!image) faults.push(required(`${at}.image`));
  else if (image.trim() !== image) faults.push(invalid(`${at}.image`, image, 'must not have leading or trailing whitespace'));
  faults.push(...policyFaults(container, at));
  faults.push(...portsFaults(container.ports, pod, `${at}.ports`));
  faults.push(...envFaults(container.env, `${at}.env`), ...envFromFaults(container.envFrom, `${at}.envFrom`));
  faults.push(...mountsFaults(container.volumeMounts, pod, `${at}.volumeMounts`));
  for (const [i, device] of (container.volumeDevices ?? []).entries()) {
    if (!device.name) faults.push(required(`${at}.volumeDevices[${i}].name`));
    if (!device.devicePath) faults.push(required(`${at}.volumeDevices[${i}].devicePath`));
  }
  faults.push(...requirementsFaults(container.resources, `${at}.resources`));
  faults.push(...lifecycleFaults(container.lifecycle, `${at}.lifecycle`));
  faults.push(...probeFaults(container.livenessProbe, `${at}.livenessProbe`, true));
  faults.push(...probeFaults(container.readinessProbe, `${at}.readinessProbe`, false));
  faults.push(...probeFaults(container.startupProbe, `${at}.startupProbe`, true));
  faults.push(...containerSecurityFaults(container.securityContext, `${at}.securityContext`));
  return faults;
}

function policyFaults({ imagePullPolicy, terminationMessagePolicy }: Container, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (!imagePullPolicy) faults.push(required(`${at}.imagePullPolicy`));
  else if (!PULL.includes(imagePullPolicy)) faults.push(notSupported(`${at}.imagePullPolicy`, imagePullPolicy, PULL));
  const policies = ['FallbackToLogsOnError', 'File'];
  if (!terminationMessagePolicy) faults.push(required(`${at}.terminationMessagePolicy`));
  else if (!policies.includes(terminationMessagePolicy)) {
    faults.push(notSupported(`${at}.terminationMessagePolicy`, terminationMessagePolicy, policies));
  }
  return faults;
}

/** What makes sense only for a container that stays. */
function initOnlyFaults(container: Container, at: string): FieldError[] {
  const detail = 'may not be set for init containers without restartPolicy=Always';
  return (['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const)
    .filter((field) => container[field])
    .map((field) => forbidden(`${at}.${field}`, detail));
}

function portsFaults(ports: Wire<V1ContainerPort>[] | undefined, pod: PodShape, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const names = new Set<string>();
  for (const [i, port] of (ports ?? []).entries()) {
    const path = `${at}[${i}]`;
    if (port.name) {
      const wrong = portName(port.name);
      if (wrong.length > 0) faults.push(...invalidEach(`${path}.name`, port.name, wrong));
      else if (names.has(port.name)) faults.push(duplicate(`${path}.name`, port.name));
      names.add(port.name);
    }
    if (!port.containerPort) faults.push(required(`${path}.containerPort`));
    else faults.push(...invalidEach(`${path}.containerPort`, port.containerPort, portNumber(port.containerPort)));
    if (port.hostPort) faults.push(...invalidEach(`${path}.hostPort`, port.hostPort, portNumber(port.hostPort)));
    if (!port.protocol) faults.push(required(`${path}.protocol`));
    else if (!PROTOCOLS.includes(port.protocol)) faults.push(notSupported(`${path}.protocol`, port.protocol, PROTOCOLS));
    if (pod.hostNetwork && port.hostPort !== port.containerPort) {
      faults.push(invalid(`${path}.hostPort`, port.hostPort ?? 0, 'must match `containerPort` when `hostNetwork` is true'));
    }
  }
  return faults;
}

/** No two containers of a pod on one port of the host. */
function hostPortFaults(containers: Container[], at: string): FieldError[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { ports = [] }] of containers.entries()) {
    for (const [j, { hostPort, hostIP = '', protocol }] of ports.entries()) {
      if (!hostPort) continue;
      const key = `${protocol}/${hostIP}/${hostPort}`;
      if (seen.has(key)) faults.push(duplicate(`${at}[${i}].ports[${j}].hostPort`, key));
      seen.add(key);
    }
  }
  return faults;
}

function mountsFaults(mounts: Wire<V1VolumeMount>[] | undefined, pod: PodShape, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const paths = new Set<string>();
  for (const [i, mount] of (mounts ?? []).entries()) {
    const path = `${at}[${i}]`;
    if (!mount.name) faults.push(required(`${path}.name`));
    else if (!pod.volumes.has(mount.name)) faults.push(notFound(`${path}.name`, mount.name));
    if (!mount.mountPath) faults.push(required(`${path}.mountPath`));
    else if (paths.has(mount.mountPath)) faults.push(invalid(`${path}.mountPath`, mount.mountPath, 'must be unique'));
    paths.add(mount.mountPath);
    // Kubernetes names these two without the index.
    if (mount.subPath) faults.push(...relativePathFaults(mount.subPath, `${at}.subPath`));
    if (mount.subPathExpr) faults.push(...relativePathFaults(mount.subPathExpr, `${at}.subPathExpr`));
  }
  return faults;
}

export function relativePathFaults(path: string, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (path.startsWith('/')) faults.push(invalid(at, path, 'must be a relative path'));
  return [...faults, ...backstepFaults(path, at)];
}

export function backstepFaults(path: string, at: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(at, path, "must not contain '..'")] : [];
}
