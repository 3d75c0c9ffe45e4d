/** `kumulus explain pod`: reads the cluster, explains, prints. */
import { explainPod, type PodExplanation } from '../../scheduler/explain/explain-pod.ts';
import { Decider } from '../../scheduler/schedule-one.ts';
import { liveObjects } from '../../scheduler/world/live-objects.ts';
import { subjectIn } from '../../scheduler/world/subject.ts';
import { worldOf } from '../../scheduler/world/world.ts';
import { seededRandom } from '../../types/part/random.ts';
import { type ClusterOptions, readSchedulerConfig, withCluster } from '../cluster-access.ts';
import { Failure } from '../failure.ts';
import { nodeScreen, podScreen } from './screen.ts';

export interface ExplainOptions extends ClusterOptions {
  namespace: string;
  node?: string;
  all: boolean;
  schedulerConfig?: string;
  output: 'text' | 'json';
}

/** Explaining twice gives the same. */
const SEED = 1;

export async function explain(name: string, options: ExplainOptions): Promise<void> {
  const random = seededRandom(SEED);
  const { profiles } = await readSchedulerConfig(options.schedulerConfig, random);
  const world = worldOf(await withCluster(options, liveObjects));
  const key = `${options.namespace}/${name}`;
  const subject = subjectIn(world, key);
  if (!subject) throw new Failure(`there is no pod ${key} that is pending or running; see kubectl get pods -n ${options.namespace}`);
  const wanted = subject.info.pod.spec?.schedulerName ?? 'default-scheduler';
  const profile = profiles.find((p) => p.schedulerName === wanted);
  if (!profile) {
    const names = profiles.map((p) => p.schedulerName).join(', ');
    throw new Failure(
      `the pod asks for scheduler "${wanted}"; the configuration has ${names}. Name one that has it with --scheduler-config`,
    );
  }
  const explained = explainPod(subject, world.cluster, new Decider(profile, world.cluster, random));
  console.log(shown(explained, options));
}

function shown(explained: PodExplanation, { node, output, all }: ExplainOptions): string {
  const found = explained.nodes.find((other) => other.node === node);
  if (node !== undefined && !found) throw new Failure(`there is no node ${node}; see kubectl get nodes`);
  if (output === 'json') return JSON.stringify(found ? { ...explained, nodes: [found] } : explained, null, 2);
  return found ? nodeScreen(explained, found) : podScreen(explained, all);
}
