/** MachinePool: keeps as many machines as asked for, spread over its zones. */
import type { Client } from '../../../client/client.ts';
import { type Machine, type MachinePool, machinePools, machines } from '../../../client/cloud.ts';
import { isConflict, isNotFound } from '../../../client/errors.ts';
import type { Recorder } from '../../../client/events.ts';
import { type Informer, keyOf } from '../../../client/informer.ts';
import type { Add } from '../../../queue/loop.ts';
import type { Outcome } from '../../../queue/queue.ts';
import type { PartContext } from '../../../types/part/part.ts';
import { type Controller, loopOf } from '../../controller.ts';
import { createExpectations, type Expectations } from '../../shared/expectations.ts';
import { controllerOf, controllerReference } from '../../shared/owners.ts';
import { same } from '../../shared/same.ts';
import { slowStart } from '../../shared/slow-start.ts';
import { isLeaving, isReady, machineOf, planPool, statusOf } from './plan.ts';

interface State {
  ctx: PartContext;
  client: Client;
  recorder: Recorder;
  pools: Informer<MachinePool>;
  machines: Informer<Machine>;
  expectations: Expectations;
}

/** Milliseconds over which changes of a pool's machines are gathered, so that a thousand of them cost a few runs. */
const GATHERING = 20;

export const machinePoolController: Controller = {
  name: 'machinepool',
  start: (env) => {
    const state: State = {
      ...{ ctx: env.ctx, client: env.client, recorder: env.record('machinepool-controller') },
      ...{ pools: env.informers.for(machinePools), machines: env.informers.for(machines) },
      expectations: createExpectations(env.ctx.clock),
    };
    state.machines.addIndex('pool', (machine) => [controllerOf(machine)?.uid ?? '']);
    const workers = env.options['concurrent-machinepool-syncs'];
    const sources = (add: Add) => connect(state, add);
    return loopOf(env, { name: 'machinepool', sources, workers, reconcile: (name) => reconcile(state, name) });
  },
};

function connect(state: State, add: Add): void {
  const again = (pool: MachinePool) => add(keyOf(pool));
  state.pools.handle({ add: again, update: again, remove: (pool) => state.expectations.forget(keyOf(pool)) });
  const poolOf = (machine: Machine) => controllerOf(machine)?.name ?? '';
  const goes = (machine: Machine) => {
    state.expectations.deletionSeen(poolOf(machine), machine.metadata?.uid ?? '');
    add(poolOf(machine), { after: GATHERING });
  };
  state.machines.handle({
    add: (machine) => {
      state.expectations.creationSeen(poolOf(machine));
      add(poolOf(machine), { after: GATHERING });
    },
    update: (machine, before) => {
      if (isLeaving(machine)) goes(machine);
      else if (isReady(machine) !== isReady(before)) add(poolOf(machine), { after: GATHERING });
    },
    remove: goes,
  });
}

async function reconcile(state: State, name: string): Promise<Outcome> {
  const pool = state.pools.get(name);
  if (!pool) return undefined;
  const fresh = state.expectations.met(name);
  const owned = state.machines.by('pool', pool.metadata?.uid ?? '');
  if (fresh && !pool.metadata?.deletionTimestamp) {
    const { create, remove } = planPool(pool, owned);
    if (create.length > 0) await createMachines(state, pool, create);
    if (remove.length > 0) await removeMachines(state, pool, remove);
  }
  await writeStatus(state, pool, statusOf(pool, owned, state.ctx.clock.now()));
  return undefined;
}

async function createMachines({ ctx, client, recorder, expectations }: State, pool: MachinePool, zones: string[]): Promise<void> {
  const key = keyOf(pool);
  const owner = controllerReference(pool, 'cloud.kumulus.dev/v1alpha1', 'MachinePool');
  expectations.expectCreations(key, zones.length);
  const { error, skipped } = await slowStart(zones.length, async (i) => {
    const name = `${key}-${ctx.random.suffix(5)}`;
    try {
      await client.create(machines, machineOf(pool, name, zones[i] ?? '', owner));
      recorder.event(pool, 'Normal', 'SuccessfulCreate', `Created machine ${name}`);
    } catch (error) {
      expectations.creationSeen(key);
      throw error;
    }
  });
  for (let i = 0; i < skipped; i++) expectations.creationSeen(key);
  if (error === undefined) return;
  recorder.event(pool, 'Warning', 'FailedCreate', `Error creating: ${(error as Error).message}`);
  throw error;
}

async function removeMachines({ client, recorder, expectations }: State, pool: MachinePool, remove: Machine[]): Promise<void> {
  const key = keyOf(pool);
  expectations.expectDeletions(
    key,
    remove.map((machine) => machine.metadata?.uid ?? ''),
  );
  const { error } = await slowStart(remove.length, async (i) => {
    const { name = '', uid = '' } = remove[i]?.metadata ?? {};
    try {
      await client.delete(machines, { name }, { preconditions: { uid } });
      recorder.event(pool, 'Normal', 'SuccessfulDelete', `Deleted machine ${name}`);
    } catch (error) {
      expectations.deletionSeen(key, uid);
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  });
  if (error === undefined) return;
  // What was not begun is not to be waited for.
  expectations.forget(key);
  throw error;
}

async function writeStatus(state: State, pool: MachinePool, status: NonNullable<MachinePool['status']>): Promise<void> {
  if (same(pool.status, status)) return;
  try {
    await state.client.update(machinePools, { ...pool, status }, 'status');
  } catch (error) {
    // Our copy was behind: the news that is on its way runs this again.
    if (isNotFound(error) || (isConflict(error) && state.pools.get(keyOf(pool)) !== pool)) return;
    throw error;
  }
}
