/** Which pods of a job count as failed, and what its pod failure policy makes of them. Pure. */
import type { Pod } from '../../client/resources.ts';
import { hasLimitPerIndex, IGNORED_FAILURES, INDEX_FAILURES, type Job, waitsForEnd } from './identity.ts';

type Rule = NonNullable<NonNullable<Job['spec']>['podFailurePolicy']>['rules'][number];
type ContainerStatus = NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number];

/** One that was deleted before it ended may never get to say how it ended. */
export function isFailed(job: Job, pod: Pod): boolean {
  if (pod.status?.phase === 'Failed') return true;
  return !waitsForEnd(job) && pod.metadata?.deletionTimestamp !== undefined && pod.status?.phase !== 'Succeeded';
}

export interface Verdict {
  /** False: the failure is ignored. */
  counts: boolean;
  failsIndex: boolean;
  /** Why the whole job fails. */
  failsJob?: string;
}

const COUNTED: Verdict = { counts: true, failsIndex: false };

export function judge(job: Job, pod: Pod): Verdict {
  for (const [i, rule] of (job.spec?.podFailurePolicy?.rules ?? []).entries()) {
    const match = rule.onExitCodes ? exitMatch(rule.onExitCodes, pod) : conditionMatch(rule, pod);
    if (match === undefined) continue;
    if (rule.action === 'FailJob') return { ...COUNTED, failsJob: `${match} matching FailJob rule at index ${i}` };
    return { counts: rule.action !== 'Ignore', failsIndex: rule.action === 'FailIndex' };
  }
  return COUNTED;
}

const nameOf = ({ metadata }: Pod) => `${metadata?.namespace}/${metadata?.name}`;

/** What matched, in words; undefined: nothing did. */
function exitMatch(wanted: NonNullable<Rule['onExitCodes']>, pod: Pod): string | undefined {
  const matches = ({ name, state }: ContainerStatus) => {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (wanted.containerName && wanted.containerName !== name)) return false;
    return wanted.values.includes(exitCode) === (wanted.operator === 'In');
  };
  const found = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])].find(matches);
  return found && `Container ${found.name} for pod ${nameOf(pod)} failed with exit code ${found.state?.terminated?.exitCode}`;
}

function conditionMatch({ onPodConditions }: Rule, pod: Pod): string | undefined {
  const found = onPodConditions?.find((wanted) =>
    pod.status?.conditions?.some(({ type, status }) => type === wanted.type && status === (wanted.status ?? 'True')),
  );
  return found && `Pod ${nameOf(pod)} has condition ${found.type}`;
}

const count = (pod: Pod, annotation: string) => Number(pod.metadata?.annotations?.[annotation] ?? 0) || 0;

/** Failures of its index before this pod, those that were ignored included. */
export const failuresBefore = (pod: Pod): number => count(pod, INDEX_FAILURES) + count(pod, IGNORED_FAILURES);

/** The pod's failure is one too many for its index. */
export function failsIndex(job: Job, pod: Pod): boolean {
  if (!isFailed(job, pod)) return false;
  const verdict = judge(job, pod);
  return verdict.failsIndex || (verdict.counts && count(pod, INDEX_FAILURES) >= (job.spec?.backoffLimitPerIndex ?? 0));
}

/** What a pod carries of its index's failures. `replaced`: the last one that failed. */
export function failureAnnotations(job: Job, replaced: Pod | undefined): Record<string, string> | undefined {
  if (!hasLimitPerIndex(job)) return undefined;
  if (!replaced) return { [INDEX_FAILURES]: '0' };
  const { counts } = judge(job, replaced);
  const ignored = count(replaced, IGNORED_FAILURES) + (counts ? 0 : 1);
  const failures = count(replaced, INDEX_FAILURES) + (counts ? 1 : 0);
  return { [INDEX_FAILURES]: String(failures), ...(ignored > 0 && { [IGNORED_FAILURES]: String(ignored) }) };
}
