/** ConfigMaps and Secrets. */
import type { V1ConfigMap, V1Secret } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import { configMapKey } from '../../../types/names.ts';
import type { Wire } from '../../../types/wire.ts';
import { forbidden, invalid, invalidEach, required, tooLong } from '../field-error.ts';
import { immutable } from '../rules/workload.ts';
import type { FieldError, Strategy } from '../strategy.ts';

type ConfigMap = Wire<V1ConfigMap>;
type Secret = Wire<V1Secret>;

/** All values of one object together. */
const SIZE_LIMIT = 1024 * 1024;
/** How Kubernetes writes the path of the whole object. */
const WHOLE = '[]';
const FIXED = 'field is immutable when `immutable` is set';

export const configMapStrategy: Strategy = {
  validate: (object) => configMapFaults(object as ConfigMap),
  validateUpdate: (object, before) => [
    ...fixedFaults(object as ConfigMap, before as ConfigMap, ['data', 'binaryData']),
    ...configMapFaults(object as ConfigMap),
  ],
};

function configMapFaults({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const faults: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    faults.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    if (Object.hasOwn(binaryData, key)) faults.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += Buffer.byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    faults.push(...invalidEach(`binaryData[${key}]`, key, configMapKey(key)));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > SIZE_LIMIT) faults.push(tooLong(WHOLE, SIZE_LIMIT));
  return faults;
}

export const secretStrategy: Strategy = {
  prepareForUpdate(object, before) {
    // A type that is left out stays.
    if (!(object as Secret).type) (object as Secret).type = (before as Secret).type;
  },
  validate: (object) => secretFaults(object as Secret),
  validateUpdate: (object, before) => [
    ...immutable((object as Secret).type, (before as Secret).type, 'type'),
    ...fixedFaults(object as Secret, before as Secret, ['data']),
    ...secretFaults(object as Secret),
  ],
};

/** Keys that a secret of a known type must have. */
const NEEDED: Record<string, string[]> = {
  'kubernetes.io/dockercfg': ['.dockercfg'],
  'kubernetes.io/dockerconfigjson': ['.dockerconfigjson'],
  'kubernetes.io/ssh-auth': ['ssh-privatekey'],
  'kubernetes.io/tls': ['tls.crt', 'tls.key'],
};

function secretFaults({ data = {}, type = '', metadata }: Secret): FieldError[] {
  const faults: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    faults.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    size += Buffer.byteLength(value, 'base64');
  }
  if (size > SIZE_LIMIT) faults.push(tooLong('data', SIZE_LIMIT));
  for (const key of NEEDED[type] ?? []) if (!Object.hasOwn(data, key)) faults.push(required(`data[${key}]`));
  if (type === 'kubernetes.io/basic-auth' && !Object.hasOwn(data, 'username') && !Object.hasOwn(data, 'password')) {
    faults.push(required('data[username]'), required('data[password]'));
  }
  if (type === 'kubernetes.io/dockerconfigjson' && data['.dockerconfigjson'] && !isJson(data['.dockerconfigjson'])) {
    faults.push(invalid('data[.dockerconfigjson]', '<secret contents redacted>', "invalid character 'x' looking for beginning of value"));
  }
  if (type === 'kubernetes.io/service-account-token' && !metadata?.annotations?.['kubernetes.io/service-account.name']) {
    faults.push(required('metadata.annotations[kubernetes.io/service-account.name]'));
  }
  return faults;
}

function isJson(base64: string): boolean {
  try {
    JSON.parse(Buffer.from(base64, 'base64').toString());
    return true;
  } catch {
    return false;
  }
}

/** Once declared immutable, for good. */
function fixedFaults<T extends { immutable?: boolean }>(object: T, before: T, fields: (keyof T & string)[]): FieldError[] {
  if (!before.immutable) return [];
  const faults: FieldError[] = [];
  if (!object.immutable) faults.push(forbidden('immutable', FIXED));
  for (const field of fields) if (!semanticallyEqual(object[field], before[field])) faults.push(forbidden(field, FIXED));
  return faults;
}
