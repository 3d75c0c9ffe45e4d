/** Security contexts. Privileged containers are allowed, as every real cluster allows them (kube-apiserver --allow-privileged). */
import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';
import { rangeError } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalid, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

const MAX_ID = 2 ** 31 - 1;
const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_TEXT =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

function idFaults(id: number | undefined, at: string): FieldError[] {
  return id === undefined || (id >= 0 && id <= MAX_ID) ? [] : [invalid(at, id, rangeError(0, MAX_ID))];
}

function seccompFaults(profile: { type: string; localhostProfile?: string } | undefined, at: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  if (!type) return [required(`${at}.type`, 'type is required when seccompProfile is set')];
  if (!PROFILES.includes(type)) return [notSupported(`${at}.type`, type, PROFILES)];
  if (type === 'Localhost' && !localhostProfile) return [required(`${at}.localhostProfile`, 'must be set when seccomp type is Localhost')];
  if (type !== 'Localhost' && localhostProfile) {
    return [invalid(`${at}.localhostProfile`, localhostProfile, 'can only be set when seccomp type is Localhost')];
  }
  return [];
}

export function podSecurityFaults(context: Wire<V1PodSecurityContext> | undefined, at: string): FieldError[] {
  if (!context) return [];
  const faults = [
    ...idFaults(context.fsGroup, `${at}.fsGroup`),
    ...idFaults(context.runAsUser, `${at}.runAsUser`),
    ...idFaults(context.runAsGroup, `${at}.runAsGroup`),
  ];
  for (const [i, id] of (context.supplementalGroups ?? []).entries()) faults.push(...idFaults(id, `${at}.supplementalGroups[${i}]`));
  for (const [i, { name }] of (context.sysctls ?? []).entries()) {
    if (!name) faults.push(required(`${at}.sysctls[${i}].name`));
    else if (name.length > 253 || !SYSCTL.test(name)) faults.push(invalid(`${at}.sysctls[${i}].name`, name, SYSCTL_TEXT));
  }
  const { fsGroupChangePolicy: policy } = context;
  if (policy !== undefined && policy !== 'Always' && policy !== 'OnRootMismatch') {
    faults.push(notSupported(`${at}.fsGroupChangePolicy`, policy, ['Always', 'OnRootMismatch']));
  }
  return [...faults, ...seccompFaults(context.seccompProfile, `${at}.seccompProfile`)];
}

export function containerSecurityFaults(context: Wire<V1SecurityContext> | undefined, at: string): FieldError[] {
  if (!context) return [];
  const faults = [...idFaults(context.runAsUser, `${at}.runAsUser`), ...idFaults(context.runAsGroup, `${at}.runAsGroup`)];
  if (context.procMount !== undefined && !['Default', 'Unmasked'].includes(context.procMount)) {
    faults.push(notSupported(`${at}.procMount`, context.procMount, ['Default', 'Unmasked']));
  }
  faults.push(...seccompFaults(context.seccompProfile, `${at}.seccompProfile`));
  if (context.allowPrivilegeEscalation === false && context.privileged) {
    faults.push(invalid(at, context, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'));
  }
  return faults;
}
