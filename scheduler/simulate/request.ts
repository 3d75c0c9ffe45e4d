/**
 * A simulation as a request: what the command line and the scheduler's REST endpoint (`POST /simulate`) have in common.
 *
 *     { "place": [objects], "loseNodes": ["m-1"], "fit": [objects], "seed": 1,
 *       "schedulerConfig": {KubeSchedulerConfiguration}, "compare": {KubeSchedulerConfiguration},
 *       "machines": { "objective": "fewest" | "cheapest", "classes": ["small"], "zones": ["a"] },
 *       "state": [objects], absent: a copy of the live state }
 */
import type { Client } from '../../client/client.ts';
import { type Random, seededRandom } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';
import { type ConfigurationFile, readConfiguration } from '../config/configuration.ts';
import { ConfigError } from '../config/error.ts';
import type { Profile } from '../framework/profile.ts';
import { BadRequest } from '../serve/serve.ts';
import { liveObjects } from '../world/live-objects.ts';
import { InputError } from './input-error.ts';
import { type MachineOrder, type MachinePlan, planMachines } from './machines/plan.ts';
import { checkObjects } from './read-objects.ts';
import { prepare, type Scenario, type Simulation, simulate } from './simulate.ts';

export type ProfilesFor = (random: Random) => readonly Profile[];

export interface Question extends Scenario {
  profiles: ProfilesFor;
  /** A second configuration, for the same pods. */
  compare?: ProfilesFor;
  machines?: MachineOrder;
}

export interface SimulationAnswer {
  simulation: Simulation;
  comparison?: Simulation;
  machines?: MachinePlan;
}

/** Throws `InputError`. */
export function answerQuestion(question: Question): SimulationAnswer {
  const { profiles, compare, machines } = question;
  const simulation = simulate(question, profiles);
  return {
    simulation,
    ...(compare && { comparison: simulate(question, compare) }),
    ...(machines && { machines: machinesFor(question, machines) }),
  };
}

function machinesFor(question: Question, order: MachineOrder): MachinePlan {
  const random = seededRandom(question.seed ?? 1);
  const { world, waiting } = prepare(question);
  const profile = question.profiles(random)[0] as Profile;
  return planMachines(world, waiting, [...question.state, ...question.place], order, profile, random);
}

const FIELDS = ['place', 'loseNodes', 'fit', 'seed', 'schedulerConfig', 'compare', 'machines', 'state'];

type Body = Record<string, unknown>;

function parse(text: string): Body {
  let body: unknown;
  try {
    body = JSON.parse(text || '{}');
  } catch {
    throw new BadRequest('the body is not JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new BadRequest('the body must be an object');
  const unknown = Object.keys(body).find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) throw new BadRequest(`"${unknown}" is not supported; there are ${FIELDS.join(', ')}`);
  return body as Body;
}

function texts(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'string')) throw new BadRequest(`${name} must be a list of texts`);
  return value as string[];
}

function orderOf(value: unknown): MachineOrder {
  const { objective, classes, zones } = (value ?? {}) as { objective?: unknown; classes?: unknown; zones?: unknown };
  if (objective !== 'fewest' && objective !== 'cheapest') throw new BadRequest('machines.objective is "fewest" or "cheapest"');
  return { objective, classes: texts(classes, 'machines.classes'), zones: texts(zones, 'machines.zones') };
}

const profilesOf =
  (file: unknown): ProfilesFor =>
  (random) =>
    readConfiguration((file ?? {}) as ConfigurationFile, random).profiles;

async function questionOf(client: Client, body: Body): Promise<Question> {
  const objects = (name: string): AnyObject[] => (body[name] === undefined ? [] : checkObjects(body[name], name));
  return {
    state: body.state === undefined ? await liveObjects(client) : objects('state'),
    expandState: body.state !== undefined,
    place: objects('place'),
    fit: objects('fit'),
    loseNodes: texts(body.loseNodes, 'loseNodes'),
    ...(typeof body.seed === 'number' && { seed: body.seed }),
    profiles: profilesOf(body.schedulerConfig),
    ...(body.compare !== undefined && { compare: profilesOf(body.compare) }),
    ...(body.machines !== undefined && { machines: orderOf(body.machines) }),
  };
}

/** Answers a request's body. Throws `BadRequest`. */
export async function answerRequest(client: Client, text: string): Promise<SimulationAnswer> {
  try {
    return answerQuestion(await questionOf(client, parse(text)));
  } catch (error) {
    if (error instanceof InputError || error instanceof ConfigError) throw new BadRequest(error.message);
    throw error;
  }
}
