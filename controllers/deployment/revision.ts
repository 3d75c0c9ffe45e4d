/** Revisions of a deployment: which set belongs to which template, and the annotations that `kubectl rollout history` reads. */
import type { Deployment, ReplicaSet } from '../../client/resources.ts';
import { same } from '../shared/same.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAX = 'deployment.kubernetes.io/max-replicas';
export const HASH_LABEL = 'pod-template-hash';
const HISTORY = 'deployment.kubernetes.io/revision-history';
const MAX_HISTORY_CHARACTERS = 2000;

/** Annotations of a deployment that its sets do not take over. */
const OWN = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  HISTORY,
  DESIRED,
  MAX,
  'deprecated.deployment.rollback.revisionHash',
]);

type Template = NonNullable<ReplicaSet['spec']>['template'];

export const revisionOf = (set: ReplicaSet): number => Number.parseInt(set.metadata?.annotations?.[REVISION] ?? '0', 10) || 0;

/** Oldest first; of the same second, by name. */
export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const [first = '', second = ''] = [a.metadata?.creationTimestamp, b.metadata?.creationTimestamp];
  if (first !== second) return first < second ? -1 : 1;
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1;
}

export const isOf = (set: ReplicaSet, deployment: Deployment): boolean =>
  same(withoutHash(set.spec?.template), withoutHash(deployment.spec?.template));

function withoutHash(template: Template): Template {
  if (!template?.metadata?.labels?.[HASH_LABEL]) return template;
  const { [HASH_LABEL]: _, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Copies what users annotated and raises the revision; returns the changed annotations. */
export function annotationsFor(deployment: Deployment, before: Record<string, string>, revision: number): Record<string, string> {
  const annotations = { ...before };
  for (const [key, value] of Object.entries(deployment.metadata?.annotations ?? {})) if (!OWN.has(key)) annotations[key] = value;
  const had = before[REVISION];
  const old = Number.parseInt(had ?? '0', 10);
  if (Number.isNaN(old) || old >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (had !== undefined) annotations[HISTORY] = historyWith(before[HISTORY], had);
  return annotations;
}

function historyWith(history: string | undefined, revision: string): string {
  const all = history ? [...history.split(','), revision] : [revision];
  while (all.join(',').length > MAX_HISTORY_CHARACTERS) all.shift();
  return all.join(',');
}

const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** The `pod-template-hash`: the same for the same template, another for each collision count. */
export function templateHash(template: unknown, collisions: number | undefined): string {
  const text = canonical(template) + (collisions === undefined ? '' : `#${collisions}`);
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return [...String(hash)].map((digit) => ALPHABET[digit.charCodeAt(0) % ALPHABET.length]).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`)
    .join(',')}}`;
}
