/** What Kubernetes warns of in pods and templates (kubernetes: pkg/api/pod/warnings.go). */
import type { V1Container, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { parseQuantity } from '../../../types/quantity.ts';
import type { Wire } from '../../../types/wire.ts';

type Spec = Wire<V1PodSpec>;
type Container = Wire<V1Container>;

const OLD_NODE_LABELS: Record<string, string> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

export function templateWarnings(template: Wire<V1PodTemplateSpec> | undefined | null, at = 'spec.template'): string[] {
  return template?.spec ? podSpecWarnings(template.spec, `${at}.spec`) : [];
}

export function podSpecWarnings(spec: Spec, at: string): string[] {
  const warnings: string[] = [];
  for (const key of Object.keys(spec.nodeSelector ?? {})) {
    const text = OLD_NODE_LABELS[key];
    if (text) warnings.push(`${at}.nodeSelector[${key}]: ${text}`);
  }
  for (const [i, volume] of (spec.volumes ?? []).entries()) {
    if (volume.gitRepo) warnings.push(`${at}.volumes[${i}].gitRepo: deprecated in v1.11, and disabled by default in v1.33+`);
  }
  for (const [i, constraint] of (spec.topologySpreadConstraints ?? []).entries()) {
    if (!constraint.labelSelector) {
      warnings.push(`${at}.topologySpreadConstraints[${i}].labelSelector: a null labelSelector results in matching no pod`);
    }
  }
  warnings.push(...pullSecretWarnings(spec, `${at}.imagePullSecrets`));
  const limits = { [`${at}.initContainers`]: spec.initContainers, [`${at}.containers`]: spec.containers };
  for (const [path, containers] of Object.entries(limits)) {
    for (const [i, container] of (containers ?? []).entries()) warnings.push(...containerWarnings(container, `${path}[${i}]`));
  }
  warnings.push(...portWarnings(spec, at));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(`${at}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`);
  }
  return warnings;
}

function pullSecretWarnings(spec: Spec, at: string): string[] {
  const warnings: string[] = [];
  const seen = new Set<string>();
  for (const [i, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (name !== '' && seen.has(name)) warnings.push(`${at}[${i}].name: duplicate name ${JSON.stringify(name)}`);
    seen.add(name);
  }
  const empty = spec.imagePullSecrets?.findIndex((s) => !s.name) ?? -1;
  if (empty >= 0) warnings.push(`${at}[${empty}].name: invalid empty name ""`);
  return warnings;
}

function containerWarnings(container: Container, at: string): string[] {
  const warnings: string[] = [];
  for (const kind of ['limits', 'requests'] as const) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const amount = container.resources?.[kind]?.[name];
      if (amount !== undefined && parseQuantity(amount).nano % 1_000_000_000n !== 0n) {
        warnings.push(`${at}.resources.${kind}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`);
      }
    }
  }
  const seen = new Map<string, string>();
  for (const [i, { name, value }] of (container.env ?? []).entries()) {
    const before = seen.get(name);
    // A variable that builds on the one before it is no mistake.
    if (before !== undefined && !value?.includes(`$(${name})`)) {
      warnings.push(`${at}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`);
    }
    seen.set(name, value ?? '');
  }
  return warnings;
}

function portWarnings(spec: Spec, at: string): string[] {
  const warnings: string[] = [];
  const seen: { path: string; key: string }[] = [];
  for (const [i, { ports = [] }] of (spec.containers ?? []).entries()) {
    for (const [j, port] of ports.entries()) {
      const path = `${at}.containers[${i}].ports[${j}]`;
      const key = `${port.containerPort}/${port.protocol}/${port.hostPort ?? 0}/${port.hostIP ?? ''}`;
      const same = seen.find((s) => s.key === key);
      if (same) warnings.push(`${path}: duplicate port definition with ${same.path}`);
      else seen.push({ path, key });
    }
  }
  return warnings;
}
