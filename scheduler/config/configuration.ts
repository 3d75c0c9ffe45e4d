/** Reads a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1) as kube-scheduler's `--config` does. What is not supported is refused by name. */
import type { Random } from '../../types/part/random.ts';
import { checkExtenders, type ExtenderConfig } from '../extenders/extender.ts';
import type { Profile } from '../framework/profile.ts';
import { ConfigError } from './error.ts';
import { buildProfile, type ProfileConfig } from './profile.ts';

export interface Configuration {
  profiles: Profile[];
  /** Milliseconds. */
  initialBackoff: number;
  maxBackoff: number;
  /** Absent: as the command line says. */
  leaderElect: boolean | undefined;
  extenders: readonly ExtenderConfig[];
}

export type ConfigurationFile = Record<string, unknown> & {
  apiVersion?: string;
  kind?: string;
  profiles?: ProfileConfig[];
  percentageOfNodesToScore?: number;
  podInitialBackoffSeconds?: number;
  podMaxBackoffSeconds?: number;
  leaderElection?: { leaderElect?: boolean };
  extenders?: ExtenderConfig[];
};

/** Fields that are about kube-scheduler's process, not about its decisions: they mean nothing here and harm nothing. */
const WITHOUT_MEANING = ['parallelism', 'clientConnection', 'enableProfiling', 'enableContentionProfiling', 'delayCacheUntilActive'];
const KNOWN = [
  'apiVersion',
  'kind',
  'profiles',
  'percentageOfNodesToScore',
  'podInitialBackoffSeconds',
  'podMaxBackoffSeconds',
  'leaderElection',
  'extenders',
  ...WITHOUT_MEANING,
];
const PROFILE_FIELDS = ['schedulerName', 'plugins', 'pluginConfig', 'percentageOfNodesToScore'];

function checkFields(what: string, object: object, known: string[]): void {
  for (const field of Object.keys(object)) if (!known.includes(field)) throw new ConfigError(`${what}: "${field}" is not supported`);
}

function checkPercentage(value: number | undefined): void {
  if (value !== undefined && !(Number.isInteger(value) && value >= 0 && value <= 100)) {
    throw new ConfigError(`percentageOfNodesToScore: ${value} is not a whole number from 0 to 100`);
  }
}

/** Resources that an extender looks after and the scheduler is not to. */
function ignoring(config: ProfileConfig, extenders: readonly ExtenderConfig[]): ProfileConfig {
  const managed = extenders.flatMap((extender) => extender.managedResources ?? []);
  const names = managed.filter((resource) => resource.ignoredByScheduler).map((resource) => resource.name);
  if (names.length === 0) return config;
  const fit = config.pluginConfig?.find(({ name }) => name === 'NodeResourcesFit');
  const args = { ...fit?.args, ignoredResources: [...((fit?.args?.ignoredResources as string[]) ?? []), ...names] };
  return { ...config, pluginConfig: [...(config.pluginConfig ?? []).filter((other) => other !== fit), { name: 'NodeResourcesFit', args }] };
}

/** Of an empty object: kube-scheduler's defaults. Throws `ConfigError`. */
export function readConfiguration(file: ConfigurationFile, random: Random): Configuration {
  checkFields('the scheduler configuration', file, KNOWN);
  const extenders = checkExtenders(file.extenders ?? []);
  checkPercentage(file.percentageOfNodesToScore);
  const configs = file.profiles?.length ? file.profiles : [{}];
  const profiles = configs.map((config) => {
    checkFields(`profile "${config.schedulerName ?? 'default-scheduler'}"`, config, PROFILE_FIELDS);
    checkPercentage(config.percentageOfNodesToScore);
    const percentage = config.percentageOfNodesToScore ?? file.percentageOfNodesToScore;
    return buildProfile(
      { ...ignoring(config, extenders), ...(percentage !== undefined && { percentageOfNodesToScore: percentage }) },
      random,
    );
  });
  const names = profiles.map((profile) => profile.schedulerName);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError(`there are two profiles "${twice}"`);
  if (new Set(profiles.map((profile) => profile.queueSort.name)).size > 1)
    throw new ConfigError('all profiles must have the same queueSort');
  return {
    profiles,
    initialBackoff: 1000 * (file.podInitialBackoffSeconds ?? 1),
    maxBackoff: 1000 * (file.podMaxBackoffSeconds ?? 10),
    leaderElect: file.leaderElection?.leaderElect,
    extenders,
  };
}

/** Reads the text of a file (YAML or JSON). Throws `ConfigError`. */
export async function parseConfiguration(text: string, random: Random): Promise<Configuration> {
  const { load } = await import('js-yaml');
  let file: unknown;
  try {
    file = load(text);
  } catch (error) {
    throw new ConfigError(`the scheduler configuration is not YAML: ${error instanceof Error ? error.message : error}`);
  }
  const { apiVersion, kind } = (file ?? {}) as ConfigurationFile;
  if (kind !== 'KubeSchedulerConfiguration' || apiVersion !== 'kubescheduler.config.k8s.io/v1') {
    throw new ConfigError(
      `the scheduler configuration is a ${kind} of ${apiVersion}; KubeSchedulerConfiguration of kubescheduler.config.k8s.io/v1 is read`,
    );
  }
  return readConfiguration(file as ConfigurationFile, random);
}
