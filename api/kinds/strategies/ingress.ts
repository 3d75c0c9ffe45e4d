/** Ingresses, IngressClasses and NetworkPolicies. */

import { isIP } from 'node:net';
import type { V1Ingress, V1IngressBackend, V1IngressRule, V1NetworkPolicy, V1NetworkPolicyPort } from '@kubernetes/client-node';
import { dns1035Label, dns1123Subdomain, wildcardDns1123Subdomain } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalid, invalidEach, notSupported, required } from '../field-error.ts';
import { cidrFaults, portOrNameFaults } from '../rules/network.ts';
import { labelSelectorFaults } from '../rules/selectors.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type Ingress = Wire<V1Ingress>;
type Policy = Wire<V1NetworkPolicy>;

export const ingressStrategy: Strategy = {
  validate: (object) => specFaults(object as Ingress),
  validateUpdate: (object) => specFaults(object as Ingress),
};

function specFaults({ spec }: Ingress): FieldError[] {
  const faults: FieldError[] = [];
  if (!spec?.rules?.length && !spec?.defaultBackend) {
    faults.push(invalid('spec', spec?.rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (spec?.defaultBackend) faults.push(...backendFaults(spec.defaultBackend, 'spec.defaultBackend'));
  for (const [i, rule] of (spec?.rules ?? []).entries()) faults.push(...ruleFaults(rule, `spec.rules[${i}]`));
  for (const [i, { hosts = [] }] of (spec?.tls ?? []).entries()) {
    for (const [j, host] of hosts.entries()) faults.push(...hostFaults(host, `spec.tls[${i}].hosts[${j}]`));
  }
  const name = spec?.ingressClassName;
  if (name !== undefined) faults.push(...invalidEach('spec.ingressClassName', name, dns1123Subdomain(name)));
  return faults;
}

function hostFaults(host: string, at: string): FieldError[] {
  if (isIP(host)) return [invalid(at, host, 'must be a DNS name, not an IP address')];
  return invalidEach(at, host, host.includes('*') ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host));
}

function ruleFaults(rule: Wire<V1IngressRule>, at: string): FieldError[] {
  const faults = rule.host ? hostFaults(rule.host, `${at}.host`) : [];
  if (!rule.http) return faults;
  if (!rule.http.paths?.length) return [...faults, required(`${at}.http.paths`)];
  for (const [i, { path = '', pathType, backend }] of rule.http.paths.entries()) {
    const each = `${at}.http.paths[${i}]`;
    if (!pathType) faults.push(required(`${each}.pathType`, 'pathType must be specified'));
    else if (pathType === 'Exact' || pathType === 'Prefix') {
      if (!path.startsWith('/')) faults.push(invalid(`${each}.path`, path, 'must be an absolute path'));
      for (const part of ['//', '/./', '/../', '%2f', '%2F']) {
        if (path.includes(part)) faults.push(invalid(`${each}.path`, path, `must not contain '${part}'`));
      }
    } else if (pathType === 'ImplementationSpecific') {
      if (path && !path.startsWith('/')) faults.push(invalid(`${each}.path`, path, 'must be an absolute path'));
    } else faults.push(notSupported(`${each}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
    faults.push(...backendFaults(backend, `${each}.backend`));
  }
  return faults;
}

function backendFaults({ service, resource }: Wire<V1IngressBackend>, at: string): FieldError[] {
  if (service && resource) return [invalid(at, '', 'cannot set both resource and service backends')];
  if (!service && !resource) return [invalid(at, '', 'resource or service backend is required')];
  if (!service) return [];
  const faults: FieldError[] = [];
  if (!service.name) faults.push(required(`${at}.service.name`));
  else faults.push(...invalidEach(`${at}.service.name`, service.name, dns1035Label(service.name)));
  const { name, number } = service.port ?? {};
  if (name && number) faults.push(invalid(at, '', 'cannot set both port name & port number'));
  else if (name) faults.push(...portOrNameFaults(name, `${at}.service.port.name`));
  else if (number) faults.push(...portOrNameFaults(number, `${at}.service.port.number`));
  else faults.push(required(at, 'port name or number is required'));
  return faults;
}

export const networkPolicyStrategy: Strategy = {
  validate: (object) => policyFaults(object as Policy),
  validateUpdate: (object) => policyFaults(object as Policy),
};

function policyFaults({ spec }: Policy): FieldError[] {
  if (!spec) return [];
  const faults = labelSelectorFaults(spec.podSelector, 'spec.podSelector');
  for (const [i, rule] of (spec.ingress ?? []).entries()) {
    faults.push(...policyPortFaults(rule.ports, `spec.ingress[${i}].ports`), ...peerFaults(rule.from, `spec.ingress[${i}].from`));
  }
  for (const [i, rule] of (spec.egress ?? []).entries()) {
    faults.push(...policyPortFaults(rule.ports, `spec.egress[${i}].ports`), ...peerFaults(rule.to, `spec.egress[${i}].to`));
  }
  const types = ['Ingress', 'Egress'];
  for (const [i, type] of (spec.policyTypes ?? []).entries()) {
    if (!types.includes(type)) faults.push(notSupported(`spec.policyTypes[${i}]`, type, ['Egress', 'Ingress']));
  }
  return faults;
}

function policyPortFaults(ports: Wire<V1NetworkPolicyPort>[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const protocols = ['SCTP', 'TCP', 'UDP'];
  for (const [i, { protocol, port, endPort }] of (ports ?? []).entries()) {
    if (protocol !== undefined && !protocols.includes(protocol)) faults.push(notSupported(`${at}[${i}].protocol`, protocol, protocols));
    if (port !== undefined) faults.push(...portOrNameFaults(port, `${at}[${i}].port`));
    if (endPort === undefined) continue;
    if (typeof port !== 'number') faults.push(required(`${at}[${i}].port`, 'must be specified when `endPort` is specified'));
    else if (endPort < port) faults.push(invalid(`${at}[${i}].endPort`, endPort, 'must be greater than or equal to `port`'));
  }
  return faults;
}

type Peer = NonNullable<NonNullable<NonNullable<Policy['spec']>['egress']>[number]['to']>[number];

function peerFaults(peers: Peer[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, { podSelector, namespaceSelector, ipBlock }] of (peers ?? []).entries()) {
    const path = `${at}[${i}]`;
    if (!podSelector && !namespaceSelector && !ipBlock) faults.push(required(path, 'must specify a peer'));
    faults.push(
      ...labelSelectorFaults(podSelector, `${path}.podSelector`),
      ...labelSelectorFaults(namespaceSelector, `${path}.namespaceSelector`),
    );
    if (!ipBlock) continue;
    if (!ipBlock.cidr) faults.push(required(`${path}.ipBlock.cidr`));
    else faults.push(...cidrFaults(ipBlock.cidr, `${path}.ipBlock.cidr`));
    for (const [j, cidr] of (ipBlock.except ?? []).entries()) faults.push(...cidrFaults(cidr, `${path}.ipBlock.except[${j}]`));
  }
  return faults;
}
