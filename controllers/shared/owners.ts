/** Owner references, and what a controller does about objects that its selector matches: adopt, leave, release. */
import { isNotFound } from '../../client/errors.ts';
import type { KubeObject, OwnerReference } from '../../types/wire.ts';

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata?.ownerReferences?.find((reference) => reference.controller);
}

export function controllerReference(owner: KubeObject, apiVersion: string, kind: string): OwnerReference {
  const { name = '', uid = '' } = owner.metadata ?? {};
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export interface Claim<T> {
  /** Owned, and matching. */
  owned: T[];
  adopt: T[];
  release: T[];
}

/**
 * Sorts candidates by what `owner` has to do about them. An owner that is being deleted adopts nothing; what is being deleted itself is
 * neither adopted nor released (kubernetes/pkg/controller/controller_ref_manager.go).
 */
export function planClaim<T extends KubeObject>(owner: KubeObject, candidates: Iterable<T>, matches: (object: T) => boolean): Claim<T> {
  const claim: Claim<T> = { owned: [], adopt: [], release: [] };
  for (const object of candidates) {
    const controller = controllerOf(object);
    if (controller) {
      if (controller.uid !== owner.metadata?.uid) continue;
      if (matches(object)) claim.owned.push(object);
      else if (!owner.metadata?.deletionTimestamp) claim.release.push(object);
    } else if (!owner.metadata?.deletionTimestamp && !object.metadata?.deletionTimestamp && matches(object)) claim.adopt.push(object);
  }
  return claim;
}

export interface ClaimActions<T> {
  /** The owner as the API has it now, so that a stale copy never adopts for an owner that is gone. */
  liveOwner(): Promise<KubeObject>;
  /** Sends a strategic merge patch; resolves to the patched object. */
  patch(object: T, patch: unknown): Promise<T>;
  reference: OwnerReference;
}

/** Adopts and releases as planned; resolves to all that is owned now. What is gone in the meantime is passed over. */
export async function applyClaim<T extends KubeObject>(claim: Claim<T>, actions: ClaimActions<T>): Promise<T[]> {
  const adopted = claim.adopt.length > 0 ? await adopt(claim.adopt, actions) : [];
  await Promise.all(claim.release.map((object) => ignoringGone(actions.patch(object, releasePatch(object, actions.reference)))));
  return adopted.length > 0 ? [...claim.owned, ...adopted] : claim.owned;
}

async function adopt<T extends KubeObject>(orphans: T[], { liveOwner, patch, reference }: ClaimActions<T>): Promise<T[]> {
  const owner = await liveOwner().catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  if (owner?.metadata?.uid !== reference.uid || owner.metadata.deletionTimestamp) return [];
  const adopted = await Promise.all(
    orphans.map((orphan) => ignoringGone(patch(orphan, { metadata: { uid: orphan.metadata?.uid, ownerReferences: [reference] } }))),
  );
  return adopted.filter((object) => object !== undefined);
}

function releasePatch(object: KubeObject, reference: OwnerReference): unknown {
  return { metadata: { uid: object.metadata?.uid, ownerReferences: [{ $patch: 'delete', uid: reference.uid }] } };
}

async function ignoringGone<T>(patched: Promise<T>): Promise<T | undefined> {
  try {
    return await patched;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
