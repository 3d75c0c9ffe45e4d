/** The restricted level: the current practice of hardening. */
import { addedCapabilities } from './baseline.ts';
import { type Check, containersOf, named, plural, quoted, type SecuredSpec, type VersionedCheck, where } from './checks.ts';

/** Since 1.25, what means nothing on Windows is not asked of its pods. */
const isWindows = ({ os }: SecuredSpec) => os?.name === 'windows';

const allowPrivilegeEscalation: Check = (spec) => {
  if (isWindows(spec)) return undefined;
  const found = where(spec, (context) => context.allowPrivilegeEscalation !== false);
  return found.length > 0
    ? `allowPrivilegeEscalation != false (${named(found)} must set securityContext.allowPrivilegeEscalation=false)`
    : undefined;
};

const ALLOWED = new Set(['NET_BIND_SERVICE']);

const capabilities: Check = (spec) => {
  if (isWindows(spec)) return undefined;
  const keeping = where(spec, (context) => !context.capabilities?.drop?.includes('ALL'));
  const faults = [
    ...(keeping.length > 0 ? [`${named(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...[addedCapabilities(spec, ALLOWED)].filter((text) => text !== undefined),
  ];
  return faults.length > 0 ? `unrestricted capabilities (${faults.join('; ')})` : undefined;
};

const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret', 'image'];

const volumes: Check = ({ volumes: all = [] }) => {
  const bad = all.filter((volume) => !VOLUMES.some((type) => volume[type] !== undefined));
  if (bad.length === 0) return undefined;
  const types = [...new Set(bad.map((volume) => Object.keys(volume).find((key) => key !== 'name') ?? 'unknown'))].sort();
  const names = bad.map(({ name }) => name);
  const uses = bad.length === 1 ? 'uses' : 'use';
  return `restricted volume types (${plural('volume', bad)} ${quoted(names)} ${uses} restricted volume ${plural('type', types)} ${quoted(types)})`;
};

const runAsNonRoot: Check = (spec) => {
  const pod = spec.securityContext?.runAsNonRoot;
  const denying = where(spec, (context) => context.runAsNonRoot === false);
  const silent = where(spec, (context) => context.runAsNonRoot === undefined);
  const faults: string[] = [];
  if (pod === false) faults.push('pod must not set securityContext.runAsNonRoot=false');
  if (denying.length > 0) faults.push(`${named(denying)} must not set securityContext.runAsNonRoot=false`);
  if (faults.length === 0 && pod !== true && silent.length > 0) {
    faults.push(`pod or ${named(silent)} must set securityContext.runAsNonRoot=true`);
  }
  return faults.length > 0 ? `runAsNonRoot != true (${faults.join(' and ')})` : undefined;
};

const runAsUser: Check = (spec) => {
  const found = where(spec, (context) => context.runAsUser === 0);
  const who = [...(spec.securityContext?.runAsUser === 0 ? ['pod'] : []), ...(found.length > 0 ? [named(found)] : [])];
  return who.length > 0 ? `runAsUser=0 (${who.join(' and ')} must not set runAsUser=0)` : undefined;
};

const GOOD = new Set(['RuntimeDefault', 'Localhost']);

const seccomp: Check = (spec) => {
  if (isWindows(spec)) return undefined;
  const pod = spec.securityContext?.seccompProfile?.type;
  const bad = where(spec, ({ seccompProfile }) => seccompProfile?.type !== undefined && !GOOD.has(seccompProfile.type));
  const silent = containersOf(spec).filter(({ securityContext }) => securityContext?.seccompProfile?.type === undefined);
  const faults: string[] = [];
  if (pod !== undefined && !GOOD.has(pod)) faults.push(`pod must not set securityContext.seccompProfile.type to ${quoted([pod])}`);
  if (bad.length > 0) {
    const types = [...new Set(bad.map(({ securityContext }) => securityContext?.seccompProfile?.type ?? ''))].sort();
    faults.push(`${named(bad)} must not set securityContext.seccompProfile.type to ${quoted(types)}`);
  }
  if (faults.length === 0 && pod === undefined && silent.length > 0) {
    faults.push(`pod or ${named(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`);
  }
  return faults.length > 0 ? `seccompProfile (${faults.join(' and ')})` : undefined;
};

/** In the order in which messages name them. */
export const RESTRICTED: Record<string, VersionedCheck> = {
  allowPrivilegeEscalation: { since: 8, check: allowPrivilegeEscalation },
  capabilities: { since: 22, check: capabilities },
  restrictedVolumes: { since: 0, check: volumes },
  runAsNonRoot: { since: 0, check: runAsNonRoot },
  runAsUser: { since: 23, check: runAsUser },
  seccompProfile: { since: 19, check: seccomp },
};

/** Checks of the baseline that a stricter one stands for, once it is there. */
export const REPLACED: Record<string, string> = {
  capabilities: 'capabilities',
  hostPathVolumes: 'restrictedVolumes',
  seccompProfile: 'seccompProfile',
};
