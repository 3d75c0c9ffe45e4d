/** What the engine asks of a kind: how its objects are decoded and defaulted, prepared, and checked. */
import type { Kind } from '../../types/kinds/kind.ts';
import { applyDefaults } from '../../types/kinds/defaults.ts';
import type { AnyObject } from '../../types/wire.ts';
import { checkDecoded } from '../kinds/validate.ts';
import type { FieldError, Strategy } from '../kinds/strategy.ts';
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
  checkDecoded(kind, object, validation, warnings, text);
  applyDefaults(kind, object);
  return object;
}

export function strategyFor(_kind: Kind): Strategy {
  return {};
}

export function createFaults(kind: Kind, object: AnyObject): FieldError[] {
  return strategyFor(kind).validate?.(object) ?? [];
}

export function updateFaults(kind: Kind, object: AnyObject, before: AnyObject, _subresource: string): FieldError[] {
  return strategyFor(kind).validateUpdate?.(object, before) ?? [];
}

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
const VERSION_NEEDED = new Set<string>(['leases.coordination.k8s.io']);

export const needsVersionToUpdate = (kind: Kind): boolean => kind.custom || VERSION_NEEDED.has(kind.storage);

/** Kinds whose deletion is answered with the object (their stores' ReturnDeletedObject). */
const RETURNED = new Set(['pods', 'services', 'namespaces', 'serviceaccounts', 'persistentvolumes', 'persistentvolumeclaims', 'podtemplates', 'resourcequotas']);

export const returnsDeleted = (kind: Kind): boolean => RETURNED.has(kind.storage);

export async function afterDelete(_context: WriteContext, _object: CachedObject): Promise<void> {}
