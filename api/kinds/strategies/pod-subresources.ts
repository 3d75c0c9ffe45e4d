/** Subresources of pods that change a part of the spec which the pod itself may not: debug containers, and resources in place. */
import type { V1Container, V1EphemeralContainer, V1Pod } from '@kubernetes/client-node';
import { semanticallyEqual } from '../../../types/equal.ts';
import { dns1123Label } from '../../../types/names.ts';
import type { AnyObject, Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, invalidEach, required } from '../field-error.ts';
import { requirementsFaults } from '../rules/resources.ts';
import type { FieldError, SubresourceStrategy } from '../strategy.ts';
import { restore } from './generic.ts';
import { qosClassOf } from './qos.ts';

type Pod = Wire<V1Pod>;
type Ephemeral = Wire<V1EphemeralContainer>;
type Container = Wire<V1Container>;

/** Everything as it was but what `edit` makes of the old spec; a change counts as a new generation. */
function onlySpec(
  object: AnyObject,
  before: AnyObject,
  edit: (spec: NonNullable<Pod['spec']>, wanted: NonNullable<Pod['spec']>) => void,
): void {
  const wanted = (object as Pod).spec;
  const old = (before as Pod).spec;
  restore(object, before, 'status');
  if (!wanted || !old) return;
  const spec = { ...old };
  edit(spec, wanted);
  (object as Pod).spec = spec;
  const generation = before.metadata?.generation ?? 0;
  if (object.metadata) object.metadata.generation = semanticallyEqual(spec, old) ? generation : generation + 1;
}

export const ephemeralContainers: SubresourceStrategy = {
  prepare: (object, before) =>
    onlySpec(object, before, (spec, wanted) => {
      spec.ephemeralContainers = wanted.ephemeralContainers;
    }),
  validate: (object, before) => ephemeralFaults(object as Pod, before as Pod),
};

/** A debug container comes and looks: it has no ports, no probes, and no claim on resources. */
const NOT_FOR_EPHEMERAL = ['ports', 'livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const;

function ephemeralFaults({ spec }: Pod, { spec: old }: Pod): FieldError[] {
  const at = 'spec.ephemeralContainers';
  const faults: FieldError[] = [];
  const taken = new Set([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map((c) => c.name));
  const targets = new Set((spec?.containers ?? []).map((c) => c.name));
  for (const [i, container] of (spec?.ephemeralContainers ?? []).entries()) {
    const path = `${at}[${i}]`;
    faults.push(...oneFaults(container, taken, targets, path));
    taken.add(container.name);
  }
  for (const existing of old?.ephemeralContainers ?? []) {
    const now = spec?.ephemeralContainers?.find((c) => c.name === existing.name);
    const who = `existing ephemeral containers ${JSON.stringify(existing.name)}`;
    if (!now) faults.push(forbidden(at, `${who} may not be removed\n`));
    else if (!semanticallyEqual(now, existing)) faults.push(forbidden(at, `${who} may not be changed`));
  }
  return faults;
}

function oneFaults(container: Ephemeral, taken: Set<string>, targets: Set<string>, at: string): FieldError[] {
  const faults: FieldError[] = [];
  const { name, image, targetContainerName: target } = container;
  if (!name) faults.push(required(`${at}.name`));
  else faults.push(...invalidEach(`${at}.name`, name, dns1123Label(name)));
  if (taken.has(name)) faults.push(duplicate(`${at}.name`, name));
  if (!image) faults.push(required(`${at}.image`));
  if (target && !targets.has(target)) faults.push({ field: `${at}.targetContainerName`, type: 'notFound', value: target, detail: '' });
  for (const field of NOT_FOR_EPHEMERAL) {
    if (container[field]) faults.push(forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container'));
  }
  if (container.resources && Object.keys(container.resources).length > 0) {
    faults.push(forbidden(`${at}.resources`, 'cannot be set for an Ephemeral Container'));
  }
  return faults;
}

export const resize: SubresourceStrategy = {
  prepare: (object, before) =>
    onlySpec(object, before, (spec, wanted) => {
      const resources = (list: Container[] | undefined, from: Container[] | undefined) =>
        list?.map((c) => ({ ...c, resources: from?.find((w) => w.name === c.name)?.resources ?? {} }));
      spec.containers = resources(spec.containers, wanted.containers) ?? [];
      if (spec.initContainers) spec.initContainers = resources(spec.initContainers, wanted.initContainers);
    }),
  validate(object, before) {
    const faults = ((object as Pod).spec?.containers ?? []).flatMap((c, i) =>
      requirementsFaults(c.resources, `spec.containers[${i}].resources`),
    );
    const [now, then] = [qosClassOf(object as Pod), qosClassOf(before as Pod)];
    if (now !== then) faults.push(invalid('spec', now, 'Pod QOS Class may not change as a result of resizing'));
    return faults;
  },
};
