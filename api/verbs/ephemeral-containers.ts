/** What `pods/NAME/ephemeralcontainers` checks: containers are added, never changed or taken away (ValidatePodEphemeralContainersUpdate). */
import type { AnyObject } from '../../types/wire.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { equal } from '../patch/value.ts';

interface Container extends Record<string, unknown> {
  name: string;
}

interface Spec {
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
}

const PATH = 'spec.ephemeralContainers';
/** What needs a container that is there from the start. */
const NOT_FOR_EPHEMERAL = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'];

export function ephemeralFaults(object: AnyObject, before: AnyObject): FieldError[] {
  const spec = (object.spec ?? {}) as Spec;
  const wanted = spec.ephemeralContainers ?? [];
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map((c) => c.name));
  const faults: FieldError[] = [];
  wanted.forEach((container, i) => {
    const at = `${PATH}[${i}]`;
    if (!container.name) faults.push({ field: `${at}.name`, type: 'required', detail: '' });
    else if (others.has(container.name)) faults.push({ field: `${at}.name`, type: 'duplicate', value: container.name, detail: '' });
    others.add(container.name);
    if (!container.image) faults.push({ field: `${at}.image`, type: 'required', detail: '' });
    for (const field of NOT_FOR_EPHEMERAL) {
      if (container[field] === undefined) continue;
      faults.push({ field: `${at}.${field}`, type: 'forbidden', detail: 'cannot be set for an Ephemeral Container' });
    }
  });
  return [...faults, ...keptFaults(wanted, ((before.spec ?? {}) as Spec).ephemeralContainers ?? [])];
}

function keptFaults(wanted: Container[], before: Container[]): FieldError[] {
  const faults: FieldError[] = [];
  for (const old of before) {
    const now = wanted.find((c) => c.name === old.name);
    if (now && equal(now, old)) continue;
    const detail = `existing ephemeral containers ${JSON.stringify(old.name)} may not be ${now ? 'changed' : 'removed'}\n`;
    faults.push({ field: PATH, type: 'forbidden', detail });
  }
  return faults;
}
