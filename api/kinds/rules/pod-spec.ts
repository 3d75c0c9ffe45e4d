/** What a pod's spec has to be, in pods and in templates (kubernetes: pkg/apis/core/validation, ValidatePodSpec). */
import type { V1PodDNSConfig, V1PodSpec, V1PodTemplateSpec } from '@kubernetes/client-node';
import { dns1123Label, dns1123Subdomain, qualifiedName, rangeError } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, invalid, invalidEach, notSupported, required } from '../field-error.ts';
import { annotationFaults, labelFaults } from '../metadata.ts';
import type { FieldError } from '../strategy.ts';
import { containersFaults } from './containers.ts';
import { ipFaults } from './network.ts';
import { affinityFaults, spreadFaults, tolerationsFaults } from './scheduling.ts';
import { podSecurityFaults } from './security.ts';
import { volumesFaults } from './volumes.ts';

type Spec = Wire<V1PodSpec>;

const RESTART = ['Always', 'OnFailure', 'Never'];
const DNS = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const MAX_SECONDS = 2 ** 31 - 1;

export function podTemplateFaults(template: Wire<V1PodTemplateSpec> | undefined | null, at: string): FieldError[] {
  if (!template) return [required(at)];
  return [
    ...labelFaults(template.metadata?.labels, `${at}.labels`),
    ...annotationFaults(template.metadata?.annotations, `${at}.annotations`),
    ...podSpecFaults(template.spec ?? ({} as Spec), `${at}.spec`),
  ];
}

export function podSpecFaults(spec: Spec, at: string): FieldError[] {
  const pod = { volumes: new Set((spec.volumes ?? []).map((v) => v.name)), hostNetwork: spec.hostNetwork === true };
  return [
    ...volumesFaults(spec.volumes, `${at}.volumes`),
    ...containersFaults(spec.containers, spec.initContainers, pod, at),
    ...choiceFaults(spec, at),
    ...nameFaults(spec, at),
    ...podSecurityFaults(spec.securityContext, `${at}.securityContext`),
    ...dnsFaults(spec.dnsPolicy, spec.dnsConfig, at),
    ...affinityFaults(spec.affinity, `${at}.affinity`),
    ...tolerationsFaults(spec.tolerations, `${at}.tolerations`),
    ...spreadFaults(spec.topologySpreadConstraints, `${at}.topologySpreadConstraints`),
    ...gateFaults(spec, at),
  ];
}

function choiceFaults(spec: Spec, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (!spec.restartPolicy) faults.push(required(`${at}.restartPolicy`));
  else if (!RESTART.includes(spec.restartPolicy)) faults.push(notSupported(`${at}.restartPolicy`, spec.restartPolicy, RESTART));
  if (!spec.dnsPolicy) faults.push(required(`${at}.dnsPolicy`));
  else if (!DNS.includes(spec.dnsPolicy)) faults.push(notSupported(`${at}.dnsPolicy`, spec.dnsPolicy, DNS));
  faults.push(...labelFaults(spec.nodeSelector, `${at}.nodeSelector`));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > MAX_SECONDS)) {
    faults.push(invalid(`${at}.activeDeadlineSeconds`, deadline, rangeError(1, MAX_SECONDS)));
  }
  const { preemptionPolicy: preemption } = spec;
  const policies = ['Never', 'PreemptLowerPriority'];
  if (preemption !== undefined && !policies.includes(preemption)) faults.push(notSupported(`${at}.preemptionPolicy`, preemption, policies));
  return faults;
}

function nameFaults(spec: Spec, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const check = (
    field: 'serviceAccountName' | 'nodeName' | 'hostname' | 'subdomain' | 'priorityClassName' | 'runtimeClassName',
    of: (v: string) => string[],
  ) => {
    const value = spec[field];
    if (value) faults.push(...invalidEach(`${at}.${field}`, value, of(value)));
  };
  check('serviceAccountName', dns1123Subdomain);
  check('nodeName', dns1123Subdomain);
  check('hostname', dns1123Label);
  check('subdomain', dns1123Label);
  check('priorityClassName', dns1123Subdomain);
  check('runtimeClassName', dns1123Subdomain);
  for (const [i, alias] of (spec.hostAliases ?? []).entries()) {
    faults.push(...ipFaults(alias.ip, `${at}.hostAliases[${i}].ip`));
    for (const [j, name] of (alias.hostnames ?? []).entries()) {
      faults.push(...invalidEach(`${at}.hostAliases[${i}].hostnames[${j}]`, name, dns1123Subdomain(name)));
    }
  }
  return faults;
}

function dnsFaults(policy: string | undefined, config: Wire<V1PodDNSConfig> | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (policy === 'None') {
    if (!config) return [required(`${at}.dnsConfig`, 'must provide `dnsConfig` when `dnsPolicy` is None')];
    if (!config.nameservers?.length) {
      return [required(`${at}.dnsConfig.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')];
    }
  }
  for (const [i, server] of (config?.nameservers ?? []).entries()) faults.push(...ipFaults(server, `${at}.dnsConfig.nameservers[${i}]`));
  if ((config?.nameservers?.length ?? 0) > 3) {
    faults.push(invalid(`${at}.dnsConfig.nameservers`, config?.nameservers, 'must not have more than 3 nameservers'));
  }
  return faults;
}

function gateFaults(spec: Spec, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, gate] of (spec.readinessGates ?? []).entries()) {
    const name = gate.conditionType;
    faults.push(...invalidEach(`${at}.readinessGates[${i}].conditionType`, name, qualifiedName(name)));
  }
  const seen = new Set<string>();
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    const path = `${at}.schedulingGates[${i}]`;
    faults.push(...invalidEach(path, name, qualifiedName(name)));
    if (seen.has(name)) faults.push(duplicate(path, name));
    seen.add(name);
  }
  return faults;
}
