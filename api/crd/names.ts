/**
 * Which of a CRD's names it may have: those that no other CRD of its group has, first come, first served
 * (k8s.io/apiextensions-apiserver/pkg/controller/status).
 */
import { rfc3339 } from '../../types/part/clock.ts';
import { equal } from '../patch/value.ts';
import type { Crd, CrdCondition, CrdNames, CrdStatus } from './definition.ts';

/** The status that a CRD ought to have, given the others of its group; undefined when it has it. `now` in ms. */
export function statusFor(crd: Crd, others: readonly Crd[], now: number): CrdStatus | undefined {
  const taken = namesOf(others.filter((other) => other.spec.group === crd.spec.group && other.metadata?.name !== crd.metadata?.name));
  const { accepted, conflict } = accept(crd, taken);
  const namesAccepted: CrdCondition = conflict
    ? { type: 'NamesAccepted', status: 'False', reason: conflict.reason, message: conflict.message }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const conditions = withCondition(crd.status?.conditions ?? [], namesAccepted, now);
  const wanted = { ...crd.status, acceptedNames: accepted, conditions: withCondition(conditions, established(crd, !conflict), now) };
  return equal(wanted, crd.status) ? undefined : wanted;
}

/** Once established, always established. */
function established(crd: Crd, accepted: boolean): CrdCondition {
  const before = crd.status?.conditions?.find((condition) => condition.type === 'Established');
  if (before?.status === 'True') return before;
  if (!accepted) return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
  return { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message: 'the initial names have been accepted' };
}

interface Taken {
  resources: Set<string>;
  kinds: Set<string>;
}

function namesOf(crds: readonly Crd[]): Taken {
  const taken: Taken = { resources: new Set(), kinds: new Set() };
  for (const { status } of crds) {
    const { plural, singular, shortNames = [], kind, listKind } = status?.acceptedNames ?? { plural: '', kind: '' };
    for (const name of [plural, singular, ...shortNames]) if (name) taken.resources.add(name);
    for (const name of [kind, listKind]) if (name) taken.kinds.add(name);
  }
  return taken;
}

interface Accepted {
  accepted: CrdNames;
  /** The last of the conflicts. */
  conflict: { reason: string; message: string } | undefined;
}

function accept(crd: Crd, taken: Taken): Accepted {
  const wanted = crd.spec.names;
  const before = crd.status?.acceptedNames ?? { plural: '', kind: '' };
  const accepted: CrdNames = { ...before };
  let conflict: Accepted['conflict'];
  const refuse = (reason: string, names: string[]) => {
    const texts = names.map((name) => `${JSON.stringify(name)} is already in use`);
    conflict = { reason, message: texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]` };
  };
  const one = (field: 'plural' | 'singular' | 'kind' | 'listKind', reason: string, used: Set<string>) => {
    const name = wanted[field];
    if (name === undefined) return;
    if (name !== before[field] && used.has(name)) refuse(reason, [name]);
    else accepted[field] = name;
  };
  one('plural', 'PluralConflict', taken.resources);
  one('singular', 'SingularConflict', taken.resources);
  const clashing = (wanted.shortNames ?? []).filter((name) => !before.shortNames?.includes(name) && taken.resources.has(name));
  if (clashing.length > 0) refuse('ShortNamesConflict', clashing);
  else setOrDelete(accepted, 'shortNames', wanted.shortNames);
  one('kind', 'KindConflict', taken.kinds);
  one('listKind', 'ListKindConflict', taken.kinds);
  setOrDelete(accepted, 'categories', wanted.categories);
  return { accepted, conflict };
}

function setOrDelete(names: CrdNames, field: 'shortNames' | 'categories', value: string[] | undefined): void {
  if (value) names[field] = value;
  else delete names[field];
}

/** The time of a condition is that of the last change of its status. */
export function withCondition(conditions: readonly CrdCondition[], condition: CrdCondition, now: number): CrdCondition[] {
  const before = conditions.find((one) => one.type === condition.type);
  const { lastTransitionTime: _, ...facts } = condition;
  const time = before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : rfc3339(now);
  const { type, status, ...why } = facts;
  const next: CrdCondition = { type, status, lastTransitionTime: time, ...why };
  return before ? conditions.map((one) => (one === before ? next : one)) : [...conditions, next];
}
