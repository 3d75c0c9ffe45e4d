/** Environment variables and where they come from. */
import type { V1EnvFromSource, V1EnvVar } from '@kubernetes/client-node';
import { configMapKey, dns1123Subdomain, envVarName, qualifiedName } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { invalid, invalidEach, notSupported, required } from '../field-error.ts';
import type { FieldError } from '../strategy.ts';

/** In the order in which a message lists them. */
const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];
const VOLUME_FIELDS = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid'];
const KNOWN_FIELDS = [...ENV_FIELDS, ...VOLUME_FIELDS];

export function envFaults(env: Wire<V1EnvVar>[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, variable] of (env ?? []).entries()) {
    const path = `${at}[${i}]`;
    if (!variable.name) faults.push(required(`${path}.name`));
    else faults.push(...invalidEach(`${path}.name`, variable.name, envVarName(variable.name)));
    if (variable.valueFrom) faults.push(...valueFromFaults(variable, `${path}.valueFrom`));
  }
  return faults;
}

function valueFromFaults({ value, valueFrom }: Wire<V1EnvVar>, at: string): FieldError[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  const faults: FieldError[] = [];
  if (fieldRef) faults.push(...fieldRefFaults(fieldRef, ENV_FIELDS, `${at}.fieldRef`));
  if (resourceFieldRef && !resourceFieldRef.resource) faults.push(required(`${at}.resourceFieldRef.resource`));
  if (configMapKeyRef) faults.push(...keyRefFaults(configMapKeyRef, `${at}.configMapKeyRef`));
  if (secretKeyRef) faults.push(...keyRefFaults(secretKeyRef, `${at}.secretKeyRef`));
  const sources = Object.keys(valueFrom ?? {}).length;
  if (sources === 0) {
    const list = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
    faults.push(invalid(at, '', list));
  } else if (value) faults.push(invalid(at, '', 'may not be specified when `value` is not empty'));
  else if (sources > 1) faults.push(invalid(at, '', 'may not have more than one field specified at a time'));
  return faults;
}

function keyRefFaults(ref: { name?: string; key: string }, at: string): FieldError[] {
  const faults: FieldError[] = [];
  if (!ref.key) faults.push(required(`${at}.key`));
  else faults.push(...invalidEach(`${at}.key`, ref.key, configMapKey(ref.key)));
  return faults;
}

/** Fields of its own pod that a container may be told. Labels and annotations are named by key (`metadata.labels['app']`). */
export function fieldRefFaults(ref: { apiVersion?: string; fieldPath: string }, supported: string[], at: string): FieldError[] {
  if (!ref.apiVersion) return [required(`${at}.apiVersion`)];
  const { fieldPath } = ref;
  if (!fieldPath) return [required(`${at}.fieldPath`)];
  const keyed = /^(.*)\['(.*)'\]$/.exec(fieldPath);
  if (keyed) {
    const [, path = '', key = ''] = keyed;
    if (path === 'metadata.annotations') return invalidEach(at, fieldPath, qualifiedName(key.toLowerCase()));
    if (path === 'metadata.labels') return invalidEach(at, fieldPath, qualifiedName(key));
    return [invalid(`${at}.fieldPath`, path, 'does not support subscript')];
  }
  if (!KNOWN_FIELDS.includes(fieldPath)) {
    return [invalid(`${at}.fieldPath`, fieldPath, `error converting fieldPath: field label not supported: ${fieldPath}`)];
  }
  return supported.includes(fieldPath) ? [] : [notSupported(`${at}.fieldPath`, fieldPath, supported)];
}

export const volumeFieldRefFaults = (ref: { apiVersion?: string; fieldPath: string }, at: string) => fieldRefFaults(ref, VOLUME_FIELDS, at);

export function envFromFaults(sources: Wire<V1EnvFromSource>[] | undefined, at: string): FieldError[] {
  const faults: FieldError[] = [];
  for (const [i, { prefix, configMapRef, secretRef }] of (sources ?? []).entries()) {
    const path = `${at}[${i}]`;
    if (prefix) faults.push(...invalidEach(`${path}.prefix`, prefix, envVarName(prefix)));
    for (const [name, ref] of Object.entries({ configMapRef, secretRef })) {
      if (ref && !ref.name) faults.push(required(`${path}.${name}.name`));
      else if (ref?.name) faults.push(...invalidEach(`${path}.${name}.name`, ref.name, dns1123Subdomain(ref.name)));
    }
    if (!configMapRef && !secretRef) faults.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef && secretRef) faults.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
  return faults;
}
