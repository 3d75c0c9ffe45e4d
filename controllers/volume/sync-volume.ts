/** Carries out what was planned for a volume. */
import { isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import { type PersistentVolume, persistentVolumes } from '../../client/resources.ts';
import { planReclaim, planVolume, unboundVolume } from './plan-volume.ts';
import { SIMULATED } from './provision.ts';
import { claimKey, type State, surelyClaim, tell, writePhase, writeVolume } from './state.ts';

export async function syncVolume(state: State, volume: PersistentVolume): Promise<void> {
  const { name = '', namespace = '', uid = '' } = volume.spec?.claimRef ?? {};
  const claim = uid ? await surelyClaim(state, { name, namespace, uid }) : undefined;
  const plan = planVolume(volume, claim);
  switch (plan.do) {
    case 'phase':
      await writePhase(state, volume, plan.phase);
      return;
    case 'unbind':
      await writePhase(state, await writeVolume(state, volume, unboundVolume(volume)), 'Available');
      return;
    case 'tellClaim':
      if (claim) state.add(claimKey(keyOf(claim)));
      return;
    case 'refuse':
      return tell(state, volume, plan.told);
    case 'release':
      return release(state, volume);
  }
}

async function release(state: State, volume: PersistentVolume): Promise<void> {
  const released = volume.status?.phase === 'Failed' ? volume : await writePhase(state, volume, 'Released');
  const reclaim = planReclaim(released, SIMULATED);
  if (reclaim.do === 'fail') await writePhase(state, released, 'Failed', reclaim.told);
  if (reclaim.do !== 'delete' || released.metadata?.deletionTimestamp) return;
  const { name = '', uid } = released.metadata ?? {};
  try {
    await state.client.delete(persistentVolumes, { name }, uid ? { preconditions: { uid } } : {});
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
