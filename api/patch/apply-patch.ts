/** Patches of the three kinds that need no field ownership. Server-side apply is another story. */
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest } from '../errors.ts';
import { applyJsonPatch } from './json-patch.ts';
import { applyMergePatch } from './merge-patch.ts';
import { applyStrategicPatch } from './strategic-patch.ts';
import { copy, isObject } from './value.ts';

export type PatchType = 'json' | 'merge' | 'strategic';

const MEDIA_TYPES = new Map<string, PatchType>([
  ['application/json-patch+json', 'json'],
  ['application/merge-patch+json', 'merge'],
  ['application/strategic-merge-patch+json', 'strategic'],
]);

/** By content type without parameters. Custom kinds have no merge keys, hence no strategic patch. undefined: 415. */
export function patchTypeOf(mediaType: string, kind: Kind): PatchType | undefined {
  const type = MEDIA_TYPES.get(mediaType);
  return type === 'strategic' && kind.custom ? undefined : type;
}
/**
 * The patched object, which shares nothing with `current` or `patch`; both stay as they are. Throws a `StatusError` as kube-apiserver
 * answers: 400 for what is no patch, 413 for too many operations, 422 for one that can't be applied.
 */
export function applyPatch(type: PatchType, current: AnyObject, patch: unknown, kind: Kind): AnyObject {
  const document = copy(current);
  const result =
    type === 'json'
      ? applyJsonPatch(document, patch)
      : type === 'merge'
        ? applyMergePatch(document, patch)
        : applyStrategicPatch(document, copy(patch), kind.schema);
  if (!isObject(result)) throw badRequest('the patch leaves no object');
  return result;
}
