/** Which pods of an old revision go next: the highest ordinal first, none below the partition. */
import type { Pod } from '../../client/resources.ts';
import { isTerminating } from '../shared/pods.ts';
import { nameOf } from '../shared/revisions.ts';
import { isUnavailable } from './health.ts';
import { podRevision, replicasOf, type StatefulSet } from './identity.ts';
import type { Observed } from './plan.ts';

/** `replicas`: by ordinal, those that are missing as they would be made. */
export function podsToUpdate(observed: Observed, replicas: Pod[]): Pod[] {
  const { set } = observed;
  if (set.spec?.updateStrategy?.type === 'OnDelete') return [];
  const targets = replicas.slice(set.spec?.updateStrategy?.rollingUpdate?.partition ?? 0).reverse();
  return observed.maxUnavailable ? someAtOnce(observed, replicas, targets) : oneByOne(observed, targets);
}

const isOld = ({ update }: Observed, pod: Pod) => podRevision(pod) !== nameOf(update) && !isTerminating(pod);

function oneByOne(observed: Observed, targets: Pod[]): Pod[] {
  const { set, now } = observed;
  const next = targets.find((pod) => isOld(observed, pod) || isUnavailable(pod, set, now));
  return next && isOld(observed, next) ? [next] : [];
}

function someAtOnce(observed: Observed, replicas: Pod[], targets: Pod[]): Pod[] {
  const { set, now } = observed;
  const unavailable = replicas.filter((pod) => isUnavailable(pod, set, now)).length;
  const room = maxUnavailableOf(set) - unavailable;
  return room > 0 ? targets.filter((pod) => isOld(observed, pod)).slice(0, room) : [];
}

/** A number or a percentage that is rounded up; at least 1, which is the default. */
function maxUnavailableOf(set: StatefulSet): number {
  const value = set.spec?.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
  const count = typeof value === 'string' ? Math.ceil((Number.parseInt(value, 10) * replicasOf(set)) / 100) : value;
  return Math.max(1, count);
}
