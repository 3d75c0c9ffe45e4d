/** Does what the plan of a stateful set says, and tells of it. */
import type { Client } from '../../client/client.ts';
import { isAlreadyExists, isConflict, isNamespaceTerminating, isNotFound } from '../../client/errors.ts';
import type { Recorder } from '../../client/events.ts';
import type { Informer } from '../../client/informer.ts';
import { type PersistentVolumeClaim as Claim, type Pod, persistentVolumeClaims, pods } from '../../client/resources.ts';
import { nameOf } from '../shared/revisions.ts';
import { slowStart } from '../shared/slow-start.ts';
import { claimsGoing, claimsToRetain, type FindClaim, missingClaims } from './claims.ts';
import { type StatefulSet, withIdentity } from './identity.ts';
import type { Plan, Step } from './plan.ts';

export interface Hands {
  client: Client;
  recorder: Recorder;
  claims: Informer<Claim>;
}

/** Rejects with the first failure; what came before it is done. */
export async function applyPlan(hands: Hands, set: StatefulSet, { phases, parallel }: Plan): Promise<void> {
  for (const steps of phases) {
    if (parallel) {
      const { error } = await slowStart(steps.length, (i) => act(hands, set, steps[i] as Step));
      if (error !== undefined) throw error;
    } else for (const step of steps) await act(hands, set, step);
  }
}

function act(hands: Hands, set: StatefulSet, step: Step): Promise<void> {
  if (step.do === 'create') return create(hands, set, step.pod);
  if (step.do === 'delete') return remove(hands, set, step.pod);
  return step.do === 'claims' ? makeClaims(hands, set, step.pod) : mend(hands, set, step.pod);
}

async function create(hands: Hands, set: StatefulSet, pod: Pod): Promise<void> {
  const { client } = hands;
  try {
    await makeClaims(hands, set, pod);
    await client.create(pods, pod);
  } catch (error) {
    // A pod of that name that our copy has not shown yet, or that is not ours: nothing to tell.
    if (!isAlreadyExists(error) && !isNamespaceTerminating(error)) tell(hands, set, 'Create', pod, error);
    if (isNamespaceTerminating(error)) return;
    throw error;
  }
  tell(hands, set, 'Create', pod);
}

async function remove(hands: Hands, set: StatefulSet, pod: Pod): Promise<void> {
  const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
  try {
    await hands.client.delete(pods, { name, namespace }, { preconditions: { uid } });
  } catch (error) {
    // It is gone, or another has taken its place.
    if (isNotFound(error) || isConflict(error)) return;
    tell(hands, set, 'Delete', pod, error);
    throw error;
  }
  tell(hands, set, 'Delete', pod);
}

async function mend(hands: Hands, set: StatefulSet, pod: Pod): Promise<void> {
  const find = finder(hands, set);
  try {
    for (const claim of claimsToRetain(set, pod, find)) await hands.client.update(persistentVolumeClaims, claim);
    const mended = withIdentity(set, pod);
    if (!mended) return;
    await makeClaims(hands, set, pod);
    await hands.client.update(pods, mended);
  } catch (error) {
    if (isConflict(error)) throw error;
    tell(hands, set, 'Update', pod, error);
    throw error;
  }
  tell(hands, set, 'Update', pod);
}

async function makeClaims(hands: Hands, set: StatefulSet, pod: Pod): Promise<void> {
  const find = finder(hands, set);
  const going = claimsGoing(set, pod, find)[0];
  if (going) throw new Error(`pvc ${nameOf(going)} is being deleted`);
  for (const claim of missingClaims(set, pod, find)) await makeClaim(hands, set, pod, claim);
}

async function makeClaim({ client, recorder }: Hands, set: StatefulSet, pod: Pod, claim: Claim): Promise<void> {
  const what = `Create Claim ${nameOf(claim)} Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`;
  try {
    await client.create(persistentVolumeClaims, claim);
  } catch (error) {
    if (isAlreadyExists(error)) return;
    const { message } = error as Error;
    if (!isNamespaceTerminating(error)) recorder.event(set, 'Warning', 'FailedCreate', `${what} failed error: ${message}`);
    throw isNamespaceTerminating(error) ? error : new Error(`failed to create PVC ${nameOf(claim)}: ${message}`, { cause: error });
  }
  recorder.event(set, 'Normal', 'SuccessfulCreate', `${what} success`);
}

const finder = ({ claims }: Hands, set: StatefulSet): FindClaim => {
  return (name) => claims.get(`${set.metadata?.namespace}/${name}`);
};

function tell({ recorder }: Hands, set: StatefulSet, verb: 'Create' | 'Delete' | 'Update', pod: Pod, error?: unknown): void {
  const what = `${verb} Pod ${nameOf(pod)} in StatefulSet ${nameOf(set)}`;
  if (error === undefined) recorder.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
  else recorder.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${(error as Error).message}`);
}
