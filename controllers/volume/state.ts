/** What the binder works with. */
import type { Client } from '../../client/client.ts';
import { isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import { type Informer, keyOf } from '../../client/informer.ts';
import {
  type PersistentVolumeClaim as Claim,
  type Node,
  type PersistentVolume,
  type Pod,
  persistentVolumeClaims,
  persistentVolumes,
  type StorageClass,
} from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import { same } from '../shared/same.ts';
import type { Newest } from './newest.ts';
import { claimStatus, type Told } from './plan-claim.ts';
import type { VolumePhase } from './plan-volume.ts';

export interface State {
  client: Client;
  /** As the binder, and as the provisioner beside it. */
  recorder: Recorder;
  provisioner: Recorder;
  claims: Newest<Claim>;
  volumes: Newest<PersistentVolume>;
  classes: Informer<StorageClass>;
  /** With the index AWAITED. */
  pods: Informer<Pod>;
  nodes: Informer<Node>;
  add(key: string): void;
  now(): number;
}

/** Index of pods on no node yet by the claims they use. */
export const AWAITED = 'awaited-claim';

export const claimKey = (key: string): string => `claim:${key}`;
export const volumeKey = (name: string): string => `volume:${name}`;

export async function writeClaim(state: State, before: Claim, after: Claim): Promise<Claim> {
  if (same(before, after)) return before;
  const written = await state.client.update(persistentVolumeClaims, after);
  state.claims.wrote(written);
  return written;
}

/** `told` is recorded only if the status changed, so that it is said once. */
export async function writeClaimStatus(
  state: State,
  claim: Claim,
  phase: 'Pending' | 'Bound' | 'Lost',
  more: { volume?: PersistentVolume; told?: Told } = {},
): Promise<void> {
  const status = claimStatus(claim, phase, more.volume);
  if (same(claim.status, status)) return;
  state.claims.wrote(await state.client.update(persistentVolumeClaims, { ...claim, status }, 'status'));
  tell(state, claim, more.told);
}

export async function writeVolume(state: State, before: PersistentVolume, after: PersistentVolume): Promise<PersistentVolume> {
  if (same(before, after)) return before;
  const written = await state.client.update(persistentVolumes, after);
  state.volumes.wrote(written);
  return written;
}

/** `told`, which also is the status' message, is recorded only if the phase changed. */
export async function writePhase(state: State, volume: PersistentVolume, phase: VolumePhase, told?: Told): Promise<PersistentVolume> {
  if (volume.status?.phase === phase) return volume;
  const status = { phase, lastPhaseTransitionTime: rfc3339(state.now()), ...(told && { message: told.message }) };
  const written = await state.client.update(persistentVolumes, { ...volume, status }, 'status');
  state.volumes.wrote(written);
  tell(state, volume, told);
  return written;
}

export function tell(state: State, object: Claim | PersistentVolume, told: Told | undefined): void {
  if (told) state.recorder.event(object, told.type, told.reason, told.message);
}

/** The claim, asked of the server where our copy does not show the one with this uid: a volume must not be released for want of news. */
export async function surelyClaim(state: State, at: { namespace: string; name: string; uid: string }): Promise<Claim | undefined> {
  const shown = state.claims.get(`${at.namespace}/${at.name}`);
  if (shown?.metadata?.uid === at.uid) return shown;
  try {
    return await state.client.get(persistentVolumeClaims, at.name, at.namespace);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export const awaitingPods = (state: State, claim: Claim): string[] =>
  state.pods.by(AWAITED, keyOf(claim)).map((pod) => pod.metadata?.name ?? '');
