/** Between the verbs and `apply/`: a write as the managed fields see it. */

import type { Kind } from '../../types/kinds/kind.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { UserInfo } from '../access/user.ts';
import { apiVersionOf, type Forms, versionsOf } from '../apply/kind-types.ts';
import { trackUpdate, type Writing } from '../apply/managed-fields.ts';
import { zeroOf } from '../kinds/decoder.ts';
import { conversionFor, inForm } from './call.ts';
import type { WriteContext } from './write-context.ts';

const forms: Forms = {
  fromStored: inForm,
  toStored: (kind, object) => conversionFor(kind)?.toStored(object) ?? object,
};

export function writingOf(context: WriteContext, manager: string): Writing {
  const { kind, core, subresource } = context;
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    subresource,
    manager,
    now: timeOf(core.clock.now()),
    versions: versionsOf(kind, core.kinds.ofStorage(kind.storage), subresource, forms),
    zero: () => zeroObject(kind),
  };
}

let second = -1;
let secondText = '';

/** Thousands of writes fall into one second. */
function timeOf(ms: number): string {
  const now = Math.floor(ms / 1000);
  if (now !== second) {
    second = now;
    secondText = rfc3339(ms);
  }
  return secondText;
}

const zeros = new WeakMap<Kind, AnyObject>();

/** Never changed by those who are given it. */
function zeroObject(kind: Kind): AnyObject {
  let zero = zeros.get(kind);
  if (!zero) {
    zero = kind.custom ? {} : (zeroOf(kind.schema)() as AnyObject);
    zeros.set(kind, zero);
  }
  return zero;
}

/**
 * The cloud's own parts create thousands of objects a second. Tracking these from their creation would make every later write of them a
 * quarter dearer (managed fields are half of a pod's bytes), so it begins with their first apply, as it does in Kubernetes for objects that
 * nobody owns yet: all that was there before is then `before-first-apply`'s.
 */
const isComponent = ({ name }: UserInfo): boolean => COMPONENT.test(name);
const COMPONENT = /^system:(kube-controller-manager$|kube-scheduler$|kumulus:)/;

/** Sets the managed fields of what is about to be written. A write of the server's own is nobody's: who owned what still does. */
export function trackFields(context: WriteContext, before: AnyObject | undefined, wanted: AnyObject): void {
  const { fields } = context;
  if (fields === undefined || (before === undefined && isComponent(context.user))) keepFields(before, wanted);
  else if (fields !== 'applied') trackUpdate(writingOf(context, fields.manager), before, wanted);
}

function keepFields(before: AnyObject | undefined, wanted: AnyObject): void {
  const entries = before?.metadata?.managedFields;
  wanted.metadata ??= {};
  if (entries) wanted.metadata.managedFields = entries;
  else delete wanted.metadata.managedFields;
}
