/** `kumulus simulate`: reads the state and the manifests, simulates, prints. */
import { readConfiguration } from '../../scheduler/config/configuration.ts';
import { ConfigError } from '../../scheduler/config/error.ts';
import { InputError } from '../../scheduler/simulate/input-error.ts';
import type { MachineOrder } from '../../scheduler/simulate/machines/plan.ts';
import { readObjects } from '../../scheduler/simulate/read-objects.ts';
import { answerQuestion, type ProfilesFor } from '../../scheduler/simulate/request.ts';
import { liveObjects } from '../../scheduler/world/live-objects.ts';
import type { AnyObject } from '../../types/wire.ts';
import { type ClusterOptions, readSchedulerConfig, readText, withCluster } from '../cluster-access.ts';
import { Failure, wrongUsageOf } from '../failure.ts';
import { simulationScreen } from './screen.ts';

export interface SimulateOptions extends ClusterOptions {
  filename: string[];
  state: string[];
  fromCluster: boolean;
  loseNode: string[];
  fit: string[];
  schedulerConfig?: string;
  compare?: string;
  fewestMachines: boolean;
  cheapest: boolean;
  classes: string[];
  zones: string[];
  seed: number;
  output: 'text' | 'json';
}

export async function simulateCommand(options: SimulateOptions): Promise<void> {
  try {
    console.log(await simulated(options));
  } catch (error) {
    throw error instanceof InputError || error instanceof ConfigError ? new Failure(error.message) : error;
  }
}

async function simulated(options: SimulateOptions): Promise<string> {
  const { state: files, fromCluster, seed, loseNode: loseNodes, output, compare } = options;
  if (fromCluster && files.length > 0) throw wrongUsageOf('simulate', '--from-cluster and --state: begin with one of them');
  const [place, fit] = [await objectsIn(options.filename), await objectsIn(options.fit)];
  const state = files.length > 0 ? await objectsIn(files) : await withCluster(options, liveObjects);
  const machines = orderOf(options, [...state, ...place]);
  const answer = answerQuestion({
    state,
    expandState: files.length > 0,
    place,
    fit,
    loseNodes,
    seed,
    profiles: await profilesFor(options.schedulerConfig),
    ...(compare !== undefined && { compare: await profilesFor(compare) }),
    ...(machines && { machines }),
  });
  if (output === 'json') return JSON.stringify(answer, null, 2);
  return simulationScreen(answer, { one: options.schedulerConfig ?? 'default', other: compare ?? '' });
}

async function objectsIn(files: readonly string[]): Promise<AnyObject[]> {
  const found: AnyObject[] = [];
  for (const file of files) found.push(...(await readObjects(await readText(file), file === '-' ? 'standard input' : file)));
  return found;
}

/** Profiles are made anew, out of random numbers of their own, for every simulation. The file is checked now. */
async function profilesFor(file: string | undefined): Promise<ProfilesFor> {
  if (file === undefined) return (random) => readConfiguration({}, random).profiles;
  const { seededRandom } = await import('../../types/part/random.ts');
  const text = await readText(file);
  await readSchedulerConfig(file, seededRandom(1));
  const { load } = await import('js-yaml');
  const parsed = load(text) as never;
  return (random) => readConfiguration(parsed, random).profiles;
}

const ZONE = 'topology.kubernetes.io/zone';

function orderOf({ fewestMachines, cheapest, classes, zones }: SimulateOptions, state: readonly AnyObject[]): MachineOrder | undefined {
  if (!fewestMachines && !cheapest) {
    if (classes.length > 0) throw wrongUsageOf('simulate', '--classes is for --fewest-machines or --cheapest');
    return undefined;
  }
  const all = state.filter((object) => object.kind === 'MachineClass').map((object) => object.metadata?.name ?? '');
  const there = state.filter((object) => object.kind === 'Node').flatMap((node) => node.metadata?.labels?.[ZONE] ?? []);
  const chosen = classes.length > 0 ? classes : all;
  if (chosen.length === 0) throw new Failure('there are no MachineClasses in the state to choose from');
  return { objective: cheapest ? 'cheapest' : 'fewest', classes: chosen, zones: zones.length > 0 ? zones : [...new Set(there)].sort() };
}
