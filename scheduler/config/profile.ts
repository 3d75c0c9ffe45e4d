/**
 * Builds a profile: kube-scheduler's default plugins, changed by what the configuration enables and disables, at one extension point or (as
 * `multiPoint`) at all. A filter's or score's preparation belongs to it here, so `preFilter` and `preScore` follow `filter` and `score`.
 */
import type { Random } from '../../types/part/random.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Profile, WeightedPlugin } from '../framework/profile.ts';
import { ConfigError } from './error.ts';
import { type Args, type Entry, type ExtensionPoint, REGISTRY } from './registry.ts';

export interface PluginSet {
  enabled?: { name: string; weight?: number }[];
  /** `*` stands for all. */
  disabled?: { name: string }[];
}

export interface ProfileConfig {
  /** Default `default-scheduler`. */
  schedulerName?: string;
  plugins?: Partial<Record<ExtensionPoint | 'multiPoint', PluginSet>>;
  pluginConfig?: { name: string; args?: Args }[];
  percentageOfNodesToScore?: number;
}

const POINTS = new Set<string>([...REGISTRY.flatMap((entry) => entry.points), 'reserve', 'permit', 'preBind', 'postBind', 'multiPoint']);

function entryOf(name: string): Entry {
  const found = REGISTRY.find((entry) => entry.name === name);
  if (!found) throw new ConfigError(`there is no plugin "${name}"; there are ${REGISTRY.map((entry) => entry.name).join(', ')}`);
  return found;
}

interface Enabled {
  name: string;
  /** 0: the default. */
  weight: number;
}

const isDisabled = (set: PluginSet | undefined, name: string) => set?.disabled?.some((d) => d.name === '*' || d.name === name) ?? false;

/** The plugins that serve all their extension points. */
function multiPoint(set: PluginSet | undefined): Enabled[] {
  const asked = (set?.enabled ?? []).map(({ name, weight = 0 }) => ({ name, weight }));
  const kept = REGISTRY.filter(({ name, optional }) => !optional && !isDisabled(set, name)).map(
    ({ name }) => asked.find((other) => other.name === name) ?? { name, weight: 0 },
  );
  return [...kept, ...asked.filter(({ name }) => !kept.some((other) => other.name === name))];
}

/** kube-scheduler's order: those that override a default first, then the other defaults, then those added at this point only. */
function enabledAt(point: ExtensionPoint, everywhere: Enabled[], set: PluginSet | undefined): Enabled[] {
  const asked = (set?.enabled ?? []).map(({ name, weight = 0 }) => ({ name, weight }));
  for (const { name } of asked) if (!entryOf(name).points.includes(point)) throw new ConfigError(`plugin "${name}" has no ${point}`);
  const serving = everywhere.filter(({ name }) => entryOf(name).points.includes(point));
  const overriding = asked.filter(({ name }) => serving.some((other) => other.name === name));
  const others = serving.filter(({ name }) => !isDisabled(set, name) && !asked.some((other) => other.name === name));
  return [...overriding, ...others, ...asked.filter((a) => !overriding.includes(a))];
}

function checkArgs(config: ProfileConfig): Map<string, Args> {
  const all = new Map<string, Args>();
  for (const { name, args = {} } of config.pluginConfig ?? []) {
    const { args: known } = entryOf(name);
    for (const field of Object.keys(args)) {
      if (field === 'apiVersion' || field === 'kind') continue;
      if (!known.includes(field)) throw new ConfigError(`arguments of plugin "${name}": "${field}" is not supported`);
    }
    all.set(name, args);
  }
  return all;
}

/** Throws `ConfigError` for what is unknown or not supported. */
export function buildProfile(config: ProfileConfig, random: Random): Profile {
  const sets = config.plugins ?? {};
  for (const point of Object.keys(sets)) if (!POINTS.has(point)) throw new ConfigError(`extension point "${point}" is not supported`);
  const args = checkArgs(config);
  const everywhere = multiPoint(sets.multiPoint);
  const made = new Map<string, Plugin>();
  const make = (name: string): Plugin => {
    const plugin = made.get(name) ?? entryOf(name).make(args.get(name) ?? {}, random);
    made.set(name, plugin);
    return plugin;
  };
  const at = (point: ExtensionPoint) => enabledAt(point, everywhere, sets[point]).map(({ name }) => make(name));
  const score: WeightedPlugin[] = enabledAt('score', everywhere, sets.score).map(({ name, weight }) => ({
    plugin: make(name),
    weight: weight || entryOf(name).weight || 1,
  }));
  const queueSort = at('queueSort');
  if (queueSort.length !== 1 || !queueSort[0]) throw new ConfigError('a profile needs exactly one queueSort plugin');
  const bind = at('bind');
  if (bind.length === 0) throw new ConfigError('a profile needs at least one bind plugin');
  return {
    schedulerName: config.schedulerName ?? 'default-scheduler',
    preEnqueue: at('preEnqueue'),
    queueSort: queueSort[0],
    filter: at('filter'),
    postFilter: at('postFilter'),
    score,
    reserve: at('reserve'),
    permit: at('permit'),
    preBind: at('preBind'),
    bind,
    postBind: at('postBind'),
    plugins: [...made.values()],
    percentageOfNodesToScore: config.percentageOfNodesToScore ?? 100,
  };
}
