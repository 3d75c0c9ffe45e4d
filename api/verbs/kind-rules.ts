/** What the engine asks of a kind: how its objects are decoded and defaulted, prepared, and checked. */

import { applyDefaults } from '../../types/kinds/defaults.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { defaultCrd } from '../crd/crd-strategy.ts';
import { decodeCustom } from '../crd/custom-strategy.ts';
import { CRD_RESOURCE } from '../crd/definition.ts';
import { isCustom } from '../crd/to-kind.ts';
import { strategyOf } from '../kinds/strategies.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { checkDecoded, decodeError } from '../kinds/validate.ts';
import type { CachedObject } from '../watch/cached-object.ts';
import type { WriteContext } from './write-context.ts';
import type { FieldValidation } from './write-options.ts';

/** Brings a parsed body into the form in which it is stored, and fills in the defaults. Throws 400; in Warn mode adds warnings. */
export function finishDecoding(
  kind: Kind,
  object: AnyObject,
  validation: FieldValidation,
  warnings: string[],
  text: string | undefined,
): AnyObject {
  keepReset(object);
  checkDecoded(kind, object, validation, warnings, text);
  if (isCustom(kind)) checkUnknown(kind, decodeCustom(kind, object), validation, warnings);
  else applyDefaults(kind, object);
  if (kind.storage === CRD_RESOURCE) defaultCrd(object);
  return object;
}

/** An empty list says that nobody owns anything; decoding would drop it, but not a list of one empty entry, which says the same. */
function keepReset({ metadata }: AnyObject): void {
  const entries: unknown = metadata?.managedFields;
  if (metadata && Array.isArray(entries) && entries.length === 0) metadata.managedFields = [{}];
}

/** Fields that a custom kind's schema does not know: refused, warned of, or passed over. */
function checkUnknown(kind: Kind, unknown: string[], validation: FieldValidation, warnings: string[]): void {
  if (unknown.length === 0 || validation === 'Ignore') return;
  const texts = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (validation === 'Strict') throw decodeError(kind, `strict decoding error: ${texts.join(', ')}`);
  warnings.push(...texts);
}

export const strategyFor = strategyOf;

export function createFaults(kind: Kind, object: AnyObject): FieldError[] {
  return strategyOf(kind).validate?.(object) ?? [];
}

export function updateFaults(kind: Kind, object: AnyObject, before: AnyObject, subresource: string): FieldError[] {
  const strategy = strategyOf(kind);
  if (subresource === 'status') return strategy.validateStatusUpdate?.(object, before) ?? [];
  const own = strategy.subresources?.[subresource];
  return own ? own.validate(object, before) : (strategy.validateUpdate?.(object, before) ?? []);
}

/** How a kind is named in a refusal: an Event of events.k8s.io is checked, and named, as what is stored. */
export const faultyKind = (kind: Kind): { group: string; kind: string } => ({
  group: (kind.storageVersion ?? kind).group,
  kind: kind.kind,
});

/** Kinds that a PUT creates when they are not there (their strategies' AllowCreateOnUpdate). */
const CREATED_BY_UPDATE = new Set([
  'leases.coordination.k8s.io',
  'events',
  'endpoints',
  'limitranges',
  'services',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
]);

export const createdByUpdate = (kind: Kind): boolean => CREATED_BY_UPDATE.has(kind.storage);

/** Kinds whose update must say which version it is of (their strategies' AllowUnconditionalUpdate is false). */
const VERSION_NEEDED = new Set<string>([
  'leases.coordination.k8s.io',
  'poddisruptionbudgets.policy',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'runtimeclasses.node.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
]);

export const needsVersionToUpdate = (kind: Kind): boolean => kind.custom || VERSION_NEEDED.has(kind.storage);

/** Kinds whose deletion is answered with the object (their stores' ReturnDeletedObject). */
const RETURNED = new Set([
  'pods',
  'services',
  'namespaces',
  'serviceaccounts',
  'persistentvolumes',
  'persistentvolumeclaims',
  'podtemplates',
  'resourcequotas',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
  'deviceclasses.resource.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourceclaimtemplates.resource.k8s.io',
  'resourceslices.resource.k8s.io',
]);

export const returnsDeleted = (kind: Kind): boolean => RETURNED.has(kind.storage);

/** What has to be given back when an object is gone. */
export async function afterDelete(context: WriteContext, object: CachedObject): Promise<void> {
  if (context.kind.storage === 'services') await context.core.services.release(object.parse());
}
