/** What a Service has to be (kubernetes: ValidateService). Addresses and node ports that are taken are refused where they are allocated. */
import { isIP } from 'node:net';
import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import { dns1123Label, dns1123Subdomain, portNumber } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, invalidEach, notSupported, required } from '../field-error.ts';
import { labelFaults } from '../metadata.ts';
import type { FieldError } from '../strategy.ts';
import { IP_TEXT, ipFaults, portOrNameFaults } from './network.ts';

type Service = Wire<V1Service>;
type Spec = NonNullable<Service['spec']>;

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const MAX_AFFINITY_SECONDS = 86_400;

export function serviceFaults({ spec }: Service): FieldError[] {
  if (!spec) return [];
  const headless = spec.clusterIP === 'None';
  const faults: FieldError[] = [];
  if (!spec.ports?.length && !headless && spec.type !== 'ExternalName') faults.push(required('spec.ports'));
  if (spec.type === 'ExternalName') faults.push(...externalNameFaults(spec));
  faults.push(...portsFaults(spec.ports ?? []), ...nodePortUseFaults(spec), ...labelFaults(spec.selector, 'spec.selector'));
  faults.push(...affinityFaults(spec), ...clusterIpFaults(spec));
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) faults.push(...ipFaults(ip, `spec.externalIPs[${i}]`));
  if (!spec.type) faults.push(required('spec.type'));
  else if (!TYPES.includes(spec.type)) faults.push(notSupported('spec.type', spec.type, TYPES));
  return [...faults, ...policyFaults(spec)];
}

function externalNameFaults(spec: Spec): FieldError[] {
  const faults: FieldError[] = [];
  if (spec.clusterIP) faults.push(forbidden('spec.clusterIPs[0]', 'may not be set when `type` is ExternalName'));
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name) faults.push(...invalidEach('spec.externalName', spec.externalName, dns1123Subdomain(name)));
  else faults.push(required('spec.externalName'));
  return faults;
}

function portsFaults(ports: Wire<V1ServicePort>[]): FieldError[] {
  const faults: FieldError[] = [];
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `spec.ports[${i}]`;
    if (port.name) {
      faults.push(...invalidEach(`${at}.name`, port.name, dns1123Label(port.name)));
      if (names.has(port.name)) faults.push(duplicate(`${at}.name`, port.name));
      names.add(port.name);
    } else if (ports.length > 1) faults.push(required(`${at}.name`));
    faults.push(...invalidEach(`${at}.port`, port.port, portNumber(port.port)));
    if (!port.protocol) faults.push(required(`${at}.protocol`));
    else if (!PROTOCOLS.includes(port.protocol)) faults.push(notSupported(`${at}.protocol`, port.protocol, PROTOCOLS));
    faults.push(...portOrNameFaults(port.targetPort, `${at}.targetPort`));
    const key = `${port.protocol}/${port.port}`;
    if (numbers.has(key)) faults.push(duplicate(at, internalPort(port)));
    numbers.add(key);
  }
  return faults;
}

/** The value that Kubernetes shows of a repeated port: its internal form, of which only what was compared is filled in. */
const internalPort = ({ protocol, port }: Wire<V1ServicePort>) => ({
  Name: '',
  Protocol: protocol,
  AppProtocol: null,
  Port: port,
  TargetPort: 0,
  NodePort: 0,
});

function nodePortUseFaults(spec: Spec): FieldError[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, { nodePort, protocol }] of (spec.ports ?? []).entries()) {
    if (!nodePort) continue;
    const at = `spec.ports[${i}].nodePort`;
    if (spec.type === 'ClusterIP' || spec.type === 'ExternalName') {
      faults.push(forbidden(at, `may not be used when \`type\` is '${spec.type}'`));
    }
    const key = `${protocol}/${nodePort}`;
    if (seen.has(key)) faults.push(duplicate(at, nodePort));
    seen.add(key);
  }
  return faults;
}

function affinityFaults({ sessionAffinity, sessionAffinityConfig }: Spec): FieldError[] {
  const choices = ['ClientIP', 'None'];
  if (!sessionAffinity) return [required('spec.sessionAffinity')];
  if (!choices.includes(sessionAffinity)) return [notSupported('spec.sessionAffinity', sessionAffinity, choices)];
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds;
  if (seconds === undefined || (seconds > 0 && seconds <= MAX_AFFINITY_SECONDS)) return [];
  const detail = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
  return [invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, detail)];
}

/** This cluster has one address family. */
function clusterIpFaults(spec: Spec): FieldError[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
    const at = `spec.ipFamilies[${i}]`;
    if (family !== 'IPv4' && family !== 'IPv6') faults.push(notSupported(at, family, ['IPv4', 'IPv6']));
    else if (seen.has(family)) faults.push(duplicate(at, family));
    else if (family === 'IPv6') faults.push(invalid(at, family, 'not configured on this cluster'));
    seen.add(family);
  }
  const policies = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
  const { ipFamilyPolicy: policy } = spec;
  if (policy !== undefined && !policies.includes(policy)) faults.push(notSupported('spec.ipFamilyPolicy', policy, policies));
  if (policy === 'RequireDualStack') {
    faults.push(invalid('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services'));
  }
  const ips = spec.clusterIPs?.length ? spec.clusterIPs : spec.clusterIP ? [spec.clusterIP] : [];
  for (const [i, ip] of ips.entries()) {
    if (ip === 'None' || ip === '') continue;
    if (!isIP(ip)) faults.push(invalid(`spec.clusterIPs[${i}]`, ip, IP_TEXT));
  }
  if (spec.clusterIP && spec.clusterIPs?.length && spec.clusterIPs[0] !== spec.clusterIP) {
    faults.push(invalid('spec.clusterIPs', spec.clusterIPs, 'first value must match `clusterIP`'));
  }
  return faults;
}

function policyFaults(spec: Spec): FieldError[] {
  const faults: FieldError[] = [];
  const choices = ['Cluster', 'Local'];
  for (const field of ['externalTrafficPolicy', 'internalTrafficPolicy'] as const) {
    const value = spec[field];
    if (value !== undefined && !choices.includes(value)) faults.push(notSupported(`spec.${field}`, value, choices));
  }
  if (spec.loadBalancerClass !== undefined && spec.type !== 'LoadBalancer') {
    faults.push(forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && spec.type !== 'LoadBalancer') {
    faults.push(forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'"));
  }
  return faults;
}

/** A cluster IP stays as long as the type needs one. */
export function serviceChangeFaults({ spec }: Service, { spec: old }: Service): FieldError[] {
  if (!spec || !old || spec.type === 'ExternalName' || old.type === 'ExternalName') return [];
  if (!old.clusterIP || spec.clusterIP === old.clusterIP) return [];
  return [invalid('spec.clusterIPs[0]', spec.clusterIPs, 'may not change once set')];
}

export function serviceWarnings({ spec }: Service): string[] {
  const warnings: string[] = [];
  if (spec?.externalIPs?.length) warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  if (spec?.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
