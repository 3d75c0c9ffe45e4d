/** The baseline level: nothing that is known to raise privileges. */
import { type Check, containersOf, named, ofContainers, plural, quoted, type SecuredSpec, type VersionedCheck, where } from './checks.ts';

const CAPABILITIES = new Set(
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(' '),
);
const SYSCTLS = new Set([
  'kernel.shm_rmid_forced',
  'net.ipv4.ip_local_port_range',
  'net.ipv4.tcp_syncookies',
  'net.ipv4.ping_group_range',
  'net.ipv4.ip_unprivileged_port_start',
  'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time',
  'net.ipv4.tcp_fin_timeout',
  'net.ipv4.tcp_keepalive_intvl',
  'net.ipv4.tcp_keepalive_probes',
  'net.ipv4.tcp_rmem',
  'net.ipv4.tcp_wmem',
]);
const SELINUX_TYPES = new Set(['', 'container_t', 'container_init_t', 'container_kvm_t', 'container_engine_t']);

const appArmor: Check = (spec) => {
  const found = where(spec, ({ appArmorProfile }) => appArmorProfile?.type === 'Unconfined');
  const pod = spec.securityContext?.appArmorProfile?.type === 'Unconfined';
  if (!pod && found.length === 0) return undefined;
  const who = [...(pod ? ['pod'] : []), ...(found.length > 0 ? [named(found)] : [])].join(' and ');
  return `forbidden AppArmor profile (${who} must not set AppArmor profile type to "Unconfined")`;
};

export const addedCapabilities = (spec: SecuredSpec, allowed: ReadonlySet<string>): string | undefined => {
  const extra = new Set<string>();
  const found = where(spec, ({ capabilities }) => {
    const forbidden = (capabilities?.add ?? []).filter((name) => !allowed.has(name));
    for (const name of forbidden) extra.add(name);
    return forbidden.length > 0;
  });
  return found.length > 0 ? `${named(found)} must not include ${quoted([...extra].sort())} in securityContext.capabilities.add` : undefined;
};

export const capabilities: Check = (spec) => {
  const found = addedCapabilities(spec, CAPABILITIES);
  return found && `non-default capabilities (${found})`;
};

const hostNamespaces: Check = (spec) => {
  const shared = (['hostNetwork', 'hostPID', 'hostIPC'] as const).filter((field) => spec[field]).map((field) => `${field}=true`);
  return shared.length > 0 ? `host namespaces (${shared.join(', ')})` : undefined;
};

export const hostPaths: Check = ({ volumes = [] }) => {
  const found = volumes.filter(({ hostPath }) => hostPath !== undefined).map(({ name }) => name);
  return found.length > 0 ? `hostPath volumes (${plural('volume', found)} ${quoted(found)})` : undefined;
};

const hostPorts: Check = (spec) => {
  const found = where(spec, (_context, { ports = [] }) => ports.some(({ hostPort }) => hostPort));
  if (found.length === 0) return undefined;
  const ports = new Set(found.flatMap((container) => (container.ports ?? []).flatMap(({ hostPort }) => (hostPort ? [hostPort] : []))));
  const list = [...ports].sort((a, b) => a - b);
  return `hostPort (${named(found)} ${found.length === 1 ? 'uses' : 'use'} ${plural('hostPort', list)} ${list.join(', ')})`;
};

const privileged = ofContainers('privileged', (context) => context.privileged === true, 'must not set securityContext.privileged=true');

const procMount: Check = (spec) => {
  const bad = (type: string | undefined) => type !== undefined && type !== 'Default';
  const found = where(spec, (context) => bad(context.procMount));
  const types = [...new Set(found.map(({ securityContext }) => securityContext?.procMount ?? ''))].sort();
  return found.length > 0 ? `procMount (${named(found)} must not set securityContext.procMount to ${quoted(types)})` : undefined;
};

export const seccomp: Check = (spec) => {
  const unconfined = spec.securityContext?.seccompProfile?.type === 'Unconfined';
  const found = where(spec, ({ seccompProfile }) => seccompProfile?.type === 'Unconfined');
  if (!unconfined && found.length === 0) return undefined;
  const who = [...(unconfined ? ['pod'] : []), ...(found.length > 0 ? [named(found)] : [])].join(' and ');
  return `seccompProfile (${who} must not set securityContext.seccompProfile.type to "Unconfined")`;
};

const seLinux: Check = (spec) => {
  const contexts = [spec.securityContext, ...containersOf(spec).map(({ securityContext }) => securityContext)];
  const all = contexts.flatMap((context) => context?.seLinuxOptions ?? []);
  const types = [...new Set(all.map(({ type = '' }) => type).filter((type) => !SELINUX_TYPES.has(type)))].sort();
  const faults = [
    ...(types.length > 0 ? [`${plural('type', types)} ${quoted(types)}`] : []),
    ...(all.some(({ user }) => user) ? ['user may not be set'] : []),
    ...(all.some(({ role }) => role) ? ['role may not be set'] : []),
  ];
  if (faults.length === 0) return undefined;
  const found = where(spec, ({ seLinuxOptions: o }) => o !== undefined && (!SELINUX_TYPES.has(o.type ?? '') || !!o.user || !!o.role));
  const podSets = contexts[0]?.seLinuxOptions !== undefined && found.length < all.length;
  const who = [...(podSets ? ['pod'] : []), ...(found.length > 0 ? [named(found)] : [])].join(' and ');
  return `seLinuxOptions (${who} set forbidden securityContext.seLinuxOptions: ${faults.join('; ')})`;
};

const sysctls: Check = ({ securityContext }) => {
  const found = (securityContext?.sysctls ?? []).map(({ name }) => name).filter((name) => !SYSCTLS.has(name));
  return found.length > 0 ? `forbidden sysctls (${[...found].sort().join(', ')})` : undefined;
};

const hostProcess: Check = (spec) => {
  const pod = spec.securityContext?.windowsOptions?.hostProcess === true;
  const found = where(spec, ({ windowsOptions }) => windowsOptions?.hostProcess === true);
  if (!pod && found.length === 0) return undefined;
  const who = [...(pod ? ['pod'] : []), ...(found.length > 0 ? [named(found)] : [])].join(' and ');
  return `hostProcess (${who} must not set securityContext.windowsOptions.hostProcess=true)`;
};

/** In the order in which messages name them. */
export const BASELINE: Record<string, VersionedCheck> = {
  appArmorProfile: { since: 0, check: appArmor },
  capabilities: { since: 0, check: capabilities },
  hostNamespaces: { since: 0, check: hostNamespaces },
  hostPathVolumes: { since: 0, check: hostPaths },
  hostPorts: { since: 0, check: hostPorts },
  privileged: { since: 0, check: privileged },
  procMount: { since: 0, check: procMount },
  seLinuxOptions: { since: 0, check: seLinux },
  seccompProfile: { since: 19, check: seccomp },
  sysctls: { since: 0, check: sysctls },
  windowsHostProcess: { since: 0, check: hostProcess },
};
