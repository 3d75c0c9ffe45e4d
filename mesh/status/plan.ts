/** What a route's status should say: pure. */
import type { Condition, HTTPRoute, RouteParentStatus } from '../gateway/types.ts';
import type { ParentIr, RouteIr, Verdict } from '../ir/ir.ts';
import type { Progress } from '../push/server.ts';

export const CONTROLLER_NAME = 'mesh.kumulus.dev/controller';

/** How far the proxies have come with one parent's configuration. */
export interface Programming {
  /** Of the parent's route tables, one for each port. */
  progress: Progress[];
  /** Why the parent's addresses are not all listened on. */
  problems: string[];
}

/**
 * The new `status.parents`, or undefined when the present one says so already. Entries of other controllers are kept as they are; ours
 * of parents that the route no longer names go. `now` is RFC 3339.
 */
export function planStatus(
  route: HTTPRoute,
  ir: RouteIr | undefined,
  programming: (parent: ParentIr) => Programming,
  now: string,
): RouteParentStatus[] | undefined {
  const present = route.status?.parents ?? [];
  const ours = present.filter((entry) => entry.controllerName === CONTROLLER_NAME);
  const wanted = (ir?.parents ?? []).map((parent) => {
    const before = ours.find((entry) => JSON.stringify(sorted(entry.parentRef)) === JSON.stringify(sorted(parent.ref)));
    return entryOf(route, parent, [...parent.verdicts, ...programmed(parent, programming)], before, now);
  });
  const same = ours.length === wanted.length && wanted.every((entry, i) => sameEntry(entry, ours[i]));
  if (same) return undefined;
  return [...present.filter((entry) => entry.controllerName !== CONTROLLER_NAME), ...wanted];
}

/** Only a route that is attached can be programmed. */
function programmed(parent: ParentIr, programming: (parent: ParentIr) => Programming): Verdict[] {
  if (parent.ports.length === 0) return [];
  const { progress, problems } = programming(parent);
  const verdict = (status: Verdict['status'], reason: string, message: string): Verdict[] => [
    { type: 'Programmed', status, reason, message },
  ];
  const refused = progress.find((p) => p.refused !== undefined)?.refused;
  const versions = [...new Set(progress.map(({ version }) => version))].join(', ');
  if (refused !== undefined) return verdict('False', 'Invalid', `version ${versions} was refused, the last good one stays: ${refused}`);
  const taken = Math.min(...progress.map((p) => p.taken));
  const proxies = Math.max(...progress.map((p) => p.proxies));
  if (proxies === 0) return verdict('False', 'NoProxy', 'no proxy is connected');
  if (taken < proxies) return verdict('False', 'Pending', `version ${versions} has not been acknowledged yet`);
  if (problems.length > 0) return verdict('False', 'AddressNotUsable', problems.join('; '));
  return verdict('True', 'Programmed', `version ${versions} acknowledged by ${taken} ${taken === 1 ? 'proxy' : 'proxies'}`);
}

function entryOf(
  route: HTTPRoute,
  parent: ParentIr,
  verdicts: Verdict[],
  before: RouteParentStatus | undefined,
  now: string,
): RouteParentStatus {
  const generation = route.metadata?.generation;
  const conditions = verdicts.map((verdict): Condition => {
    const old = before?.conditions.find(({ type }) => type === verdict.type);
    const lastTransitionTime = old?.status === verdict.status ? old.lastTransitionTime : now;
    return { ...verdict, ...(generation !== undefined && { observedGeneration: generation }), lastTransitionTime };
  });
  return { parentRef: parent.ref, controllerName: CONTROLLER_NAME, conditions };
}

function sameEntry(a: RouteParentStatus, b: RouteParentStatus | undefined): boolean {
  if (!b || JSON.stringify(sorted(a.parentRef)) !== JSON.stringify(sorted(b.parentRef)) || a.conditions.length !== b.conditions.length)
    return false;
  return a.conditions.every((condition, i) => JSON.stringify(sorted(condition)) === JSON.stringify(sorted(b.conditions[i] as Condition)));
}

/** The same fields in one order, so that texts can be compared. */
function sorted(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}
