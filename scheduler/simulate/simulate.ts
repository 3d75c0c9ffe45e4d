/** What if: over a copy of a state, nodes are lost, manifests placed, copies added until no more fit. Nothing live changes. */
import type { Pod } from '../../client/resources.ts';
import { seededRandom } from '../../types/part/random.ts';
import type { AnyObject } from '../../types/wire.ts';
import { keyOfPod } from '../cache/pod-info.ts';
import type { Profile } from '../framework/profile.ts';
import { asAdmitted, enter, take, unscheduled, type World, worldOf } from '../world/world.ts';
import { expand, isWorkload } from './expand.ts';
import { type Fit, fitMore } from './fit.ts';
import { InputError } from './input-error.ts';
import { type Measures, measure } from './measures.ts';
import { isMadeAgain, type Outcome, Placer } from './place-all.ts';

export interface Scenario {
  /** The state to begin with. */
  state: readonly AnyObject[];
  /** Whether workloads of the state make the pods that it lacks. Not for a live state: its controllers do. */
  expandState: boolean;
  /** Manifests to place on top. */
  place: readonly AnyObject[];
  loseNodes: readonly string[];
  /** Of this, as many as fit, after all else. */
  fit: readonly AnyObject[];
  /** Default 1. The same seed gives the same answer. */
  seed?: number;
}

export interface Simulation extends Outcome {
  before: Measures;
  after: Measures;
  lost: {
    node: string;
    /** Pods that a controller makes again; they are among those placed or refused. */
    again: string[];
    /** Daemons of the node and pods without a controller. */
    gone: string[];
  }[];
  fit?: Fit;
}

/** `profilesFor` makes the profiles out of random numbers of their own. Throws `InputError`. */
export function simulate(scenario: Scenario, profilesFor: (random: ReturnType<typeof seededRandom>) => readonly Profile[]): Simulation {
  const random = seededRandom(scenario.seed ?? 1);
  const { world, waiting } = prepare(scenario);
  const before = measure(world);
  const lost = scenario.loseNodes.map((node) => lose(world, node));
  const placer = new Placer(world, profilesFor(random), random);
  const outcome = placer.placeAll([...waiting, ...lost.flatMap(({ pods }) => pods)]);
  const copies = scenario.fit.length > 0 ? fitMore(world, scenario.fit, profilesFor(random), random) : undefined;
  return {
    before,
    ...outcome,
    lost: lost.map(({ node, pods, gone }) => ({ node, again: pods.map(keyOfPod), gone })),
    ...(copies && { fit: copies }),
    after: measure(world),
  };
}

/** The world as it is, and the pods that are to be placed in it. */
export function prepare({ state, expandState, place }: Pick<Scenario, 'state' | 'expandState' | 'place'>): {
  world: World;
  waiting: Pod[];
} {
  const world = guarded(() => worldOf(state));
  for (const object of place) if (object.kind !== 'Pod' && !isWorkload(object)) guarded(() => enter(world, object), object);
  const pods = place.filter((object) => object.kind === 'Pod').map((object) => guarded(() => asAdmitted(world, object as Pod), object));
  const own = expandState ? guarded(() => expand(world, state)) : [];
  const added = guarded(() => expand(world, place, [...state, ...place]));
  return { world, waiting: unlike(world, [...world.pending, ...own, ...pods, ...added]) };
}

/** Two pods can't have one name. */
function unlike(world: World, pods: Pod[]): Pod[] {
  const names = new Set(world.placed.keys());
  return pods.map((pod) => {
    const name = pod.metadata?.name ?? pod.metadata?.generateName ?? 'pod';
    let free = name;
    for (let i = 2; names.has(`${pod.metadata?.namespace}/${free}`); i++) free = `${name}-${i}`;
    names.add(`${pod.metadata?.namespace}/${free}`);
    return free === pod.metadata?.name ? pod : { ...pod, metadata: { ...pod.metadata, name: free } };
  });
}

/** What an object says that its schema allows and that makes no sense is the input's fault, too. */
function guarded<T>(work: () => T, object?: AnyObject): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof InputError) throw error;
    const what = object ? `${object.kind} ${object.metadata?.name}` : 'the objects';
    throw new InputError(`${what} can't be used: ${error instanceof Error ? error.message : error}`);
  }
}

function lose(world: World, node: string): { node: string; pods: Pod[]; gone: string[] } {
  if (!world.cluster.nodes.get(node)) throw new InputError(`there is no node ${node} to lose`);
  const keys = [...world.placed].filter(([, at]) => at.node === node).map(([key]) => key);
  const pods: Pod[] = [];
  const gone: string[] = [];
  for (const key of keys) {
    const pod = take(world, key)?.info.pod;
    if (pod && isMadeAgain(pod)) pods.push(unscheduled(pod));
    else gone.push(key);
  }
  world.cluster.removeNode(node);
  return { node, pods, gone };
}
