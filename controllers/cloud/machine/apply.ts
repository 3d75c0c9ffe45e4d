/** Does what a plan says. Each action may have been done before, by us or by a process that died: that is no error. */
import type { Client } from '../../../client/client.ts';
import { MACHINE_FINALIZER, type Machine, machines } from '../../../client/cloud.ts';
import { ApiError, isConflict, isNotFound } from '../../../client/errors.ts';
import type { Recorder } from '../../../client/events.ts';
import { keyOf } from '../../../client/informer.ts';
import { pathOf } from '../../../client/resource.ts';
import { type Node, nodes, type Pod, pods } from '../../../client/resources.ts';
import type { Status } from '../../../types/wire.ts';
import { same } from '../../shared/same.ts';
import type { Action, Plan } from './plan.ts';

export interface Hands {
  client: Client;
  recorder: Recorder;
}

export async function applyPlan(hands: Hands, machine: Machine, node: Node | undefined, { status, actions }: Plan): Promise<void> {
  const releases = actions.some((action) => action.do === 'release');
  // The status is written before anything is done, so that whoever goes on after us knows; with the last action it goes itself.
  const written =
    releases || same(machine.status, status) ? machine : await hands.client.update(machines, { ...machine, status }, 'status');
  for (const action of actions) await ignoringGone(act(hands, written, node, action));
}

async function ignoringGone(done: Promise<unknown>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function act(hands: Hands, machine: Machine, node: Node | undefined, action: Action): Promise<unknown> {
  const { client, recorder } = hands;
  const name = keyOf(machine);
  const uid = machine.metadata?.uid ?? '';
  switch (action.do) {
    case 'tell':
      return recorder.event(
        { ...machine, apiVersion: 'cloud.kumulus.dev/v1alpha1', kind: 'Machine' },
        action.type,
        action.reason,
        action.message,
      );
    case 'protect':
      return client.patch(machines, { name }, 'merge', protection(machine));
    case 'cordon':
      return node?.spec?.unschedulable ? undefined : client.patch(nodes, { name }, 'merge', { spec: { unschedulable: true } });
    case 'evict':
      return evict(client, action.pod);
    case 'kill':
      return kill(client, action.pod);
    case 'deleteNode':
      return client.delete(nodes, { name });
    case 'giveUp':
      return giveUp(client, name, uid);
    case 'release':
      return release(client, machine);
  }
}

/** Carries the resourceVersion, so that a finalizer that somebody else sets at the same time is not lost. */
function protection({ metadata, spec }: Machine) {
  const finalizers = [...new Set([...(metadata?.finalizers ?? []), MACHINE_FINALIZER])];
  const providerID = spec.providerID || `kumulus:///${spec.zone ?? ''}/${metadata?.name}`;
  return { metadata: { resourceVersion: metadata?.resourceVersion, finalizers }, spec: { providerID } };
}

const placeOf = (pod: Pod) => ({ name: pod.metadata?.name ?? '', namespace: pod.metadata?.namespace ?? '' });

/**
 * 429: a disruption budget has the last word, and is asked again later. Not by the client, which would wait as long as the server says and
 * hold the machine up.
 */
async function evict(client: Client, pod: Pod): Promise<void> {
  const deleteOptions = { preconditions: { uid: pod.metadata?.uid } };
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: placeOf(pod), deleteOptions };
  const { status, body } = await client.raw('POST', pathOf(pods, { ...placeOf(pod), subresource: 'eviction' }), eviction);
  if (status >= 400 && ![404, 409, 429].includes(status)) throw new ApiError(body as Status);
}

/** With grace 0, since no kubelet is left to end it. */
async function kill(client: Client, pod: Pod): Promise<void> {
  try {
    await client.delete(pods, placeOf(pod), { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata?.uid ?? '' } });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

/** The node is asked for once more: our copy of the nodes may be behind that of the machines. */
async function giveUp(client: Client, name: string, uid: string): Promise<void> {
  try {
    await client.get(nodes, name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await client.delete(machines, { name }, { preconditions: { uid } });
  }
}

function release(client: Client, { metadata }: Machine): Promise<unknown> {
  const finalizers = (metadata?.finalizers ?? []).filter((finalizer) => finalizer !== MACHINE_FINALIZER);
  const patch = { metadata: { resourceVersion: metadata?.resourceVersion, finalizers } };
  return client.patch(machines, { name: metadata?.name ?? '' }, 'merge', patch);
}
