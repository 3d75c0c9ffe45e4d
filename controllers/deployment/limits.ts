/** How far a rolling update may go above and below the wanted size (kubernetes/pkg/controller/deployment/util). */
import type { Deployment } from '../../client/resources.ts';

const NO_DEADLINE = 2_147_483_647;

export const isRolling = (deployment: Deployment): boolean => deployment.spec?.strategy?.type !== 'Recreate';

/** A number, or a share of `total` as `25%`. */
function resolve(value: unknown, total: number, round: (share: number) => number): number {
  if (typeof value === 'number') return value;
  const match = /^(\d+)%$/.exec(String(value));
  return match ? round((Number(match[1]) * total) / 100) : 0;
}

function limits(deployment: Deployment): { surge: number; unavailable: number } {
  const total = deployment.spec?.replicas ?? 1;
  const rolling = deployment.spec?.strategy?.rollingUpdate;
  const surge = resolve(rolling?.maxSurge ?? '25%', total, Math.ceil);
  const unavailable = resolve(rolling?.maxUnavailable ?? '25%', total, Math.floor);
  // Both zero is refused by the API, but shares can round to it; something must be able to move.
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const maxSurge = (deployment: Deployment): number => (isRolling(deployment) ? limits(deployment).surge : 0);

export function maxUnavailable(deployment: Deployment): number {
  const total = deployment.spec?.replicas ?? 1;
  return isRolling(deployment) ? Math.min(limits(deployment).unavailable, total) : 0;
}

/** In milliseconds; undefined: the rollout may take for ever. */
export function progressDeadline(deployment: Deployment): number | undefined {
  const seconds = deployment.spec?.progressDeadlineSeconds;
  return seconds === undefined || seconds === NO_DEADLINE ? undefined : seconds * 1000;
}
