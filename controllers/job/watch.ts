/** Which jobs a change of a pod is news to. */
import { type Informer, keyOf } from '../../client/informer.ts';
import { labelPredicate } from '../../client/label-selector.ts';
import type { Pod } from '../../client/resources.ts';
import type { Add } from '../../queue/loop.ts';
import { deletionName } from '../replicaset/watch.ts';
import type { Expectations } from '../shared/expectations.ts';
import { controllerOf } from '../shared/owners.ts';
import { isTerminating } from '../shared/pods.ts';
import { same } from '../shared/same.ts';
import { isHeld, type Job } from './identity.ts';
import type { Memory } from './memory.ts';

export interface Watched {
  jobs: Informer<Job>;
  pods: Informer<Pod>;
  expectations: Expectations;
  memory: Memory;
}

/** Changes of a big job's pods come in masses: they are gathered this long. */
const gathering = (job: Job) => Math.min(100, (job.spec?.parallelism ?? 1) / 5);

export function connect(watched: Watched, add: Add): void {
  const { jobs, pods, expectations, memory } = watched;
  jobs.handle({
    add: (job) => add(keyOf(job)),
    update: (job) => add(keyOf(job)),
    remove: (job) => {
      expectations.forget(keyOf(job));
      memory.forget(keyOf(job));
    },
  });
  pods.handle({
    add: (pod) => (isTerminating(pod) ? podGoes(watched, add, pod) : podComes(watched, add, pod)),
    update: (pod, before) => podChanges(watched, add, pod, before),
    remove: (pod) => podGoes(watched, add, pod),
  });
}

function podComes(watched: Watched, add: Add, pod: Pod): void {
  const owner = ownerOf(watched, pod);
  if (owner) {
    watched.expectations.creationSeen(keyOf(owner));
    add(keyOf(owner), { after: gathering(owner) });
  } else if (!controllerOf(pod)) offer(watched, add, pod);
}

function podGoes(watched: Watched, add: Add, pod: Pod): void {
  const owner = ownerOf(watched, pod);
  if (!owner) return;
  watched.expectations.deletionSeen(keyOf(owner), deletionName(pod));
  watched.memory.releaseSeen(keyOf(owner), pod.metadata?.uid ?? '', isHeld(pod) && watched.pods.get(keyOf(pod)) !== undefined);
  add(keyOf(owner), { after: gathering(owner) });
}

function podChanges(watched: Watched, add: Add, pod: Pod, before: Pod): void {
  const left = controllerOf(before)?.uid === controllerOf(pod)?.uid ? undefined : ownerOf(watched, before);
  if (left) add(keyOf(left));
  const owner = ownerOf(watched, pod);
  if (owner) {
    watched.memory.releaseSeen(keyOf(owner), pod.metadata?.uid ?? '', isHeld(pod));
    if (isTerminating(pod)) podGoes(watched, add, pod);
    else add(keyOf(owner), { after: gathering(owner) });
  } else if (!controllerOf(pod) && (controllerOf(before) || !same(pod.metadata?.labels, before.metadata?.labels))) offer(watched, add, pod);
}

/** An orphan may be adopted by any job of its namespace that matches it. */
function offer({ jobs }: Watched, add: Add, pod: Pod): void {
  for (const job of jobs.by('namespace', pod.metadata?.namespace ?? '')) {
    if (labelPredicate(job.spec?.selector)(pod.metadata?.labels)) add(keyOf(job));
  }
}

export function ownerOf({ jobs }: Pick<Watched, 'jobs'>, pod: Pod): Job | undefined {
  const reference = controllerOf(pod);
  if (reference?.kind !== 'Job') return undefined;
  const job = jobs.get(`${pod.metadata?.namespace}/${reference.name}`);
  return job?.metadata?.uid === reference.uid ? job : undefined;
}
