/**
 * Fields that a write can't change, whoever asks: the status by the object's own path, what is wanted by the status'. Nobody comes to own
 * them by such a write (the strategies' GetResetFields).
 */
import type { Kind } from '../../types/kinds/kind.ts';
import type { Skip } from './compare.ts';
import { EMPTY_SET, type FieldSet, setOf } from './field-set.ts';

/** What the server itself decides, which nobody owns (managedfields/internal/stripmeta.go). */
const METADATA = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
];

export const NEVER_OWNED: FieldSet = setOf(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...METADATA.map((field) => ['f:metadata', `f:${field}`]),
);

/** Of subresources, in place of `spec` alone. */
const RESETS: Record<string, string[][]> = {
  '/Pod/status': [['spec'], ['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences']],
  'apps/Deployment/status': [['spec'], ['metadata', 'labels']],
  'apiextensions.k8s.io/CustomResourceDefinition/status': [['metadata'], ['spec']],
  'certificates.k8s.io/CertificateSigningRequest/status': [['spec'], ['status', 'conditions']],
  'certificates.k8s.io/CertificateSigningRequest/approval': [['spec'], ['status', 'certificate']],
  'storage.k8s.io/VolumeAttachment/status': [['metadata'], ['spec']],
};

const reads = new WeakMap<Kind, Map<string, Resets>>();

export interface Resets {
  set: FieldSet;
  /** `set` and what nobody owns. */
  skip: Skip;
}

export function resetsOf(kind: Kind, subresource: string): Resets {
  let known = reads.get(kind);
  if (!known) {
    known = new Map();
    reads.set(kind, known);
  }
  let resets = known.get(subresource);
  if (!resets) {
    resets = makeResets(pathsFor(kind, subresource));
    known.set(subresource, resets);
  }
  return resets;
}

function pathsFor(kind: Kind, subresource: string): string[][] {
  const own = kind.custom ? undefined : RESETS[`${kind.group}/${kind.kind}/${subresource}`];
  if (own) return own;
  if (subresource === 'status') return kind.custom ? [['metadata'], ['spec']] : [['spec']];
  if (subresource !== '') return [];
  return kind.subresources.some(({ name }) => name === 'status') ? [['status']] : [];
}

function makeResets(paths: string[][]): Resets {
  const set = paths.length === 0 ? EMPTY_SET : setOf(...paths.map((path) => path.map((field) => `f:${field}`)));
  const metadata: Skip = {};
  for (const field of METADATA) metadata[field] = true;
  const skip: Skip = { apiVersion: true, kind: true, metadata };
  for (const [field = '', below] of paths) {
    if (below === undefined) skip[field] = true;
    else skip[field] = { ...(skip[field] as Skip | undefined), [below]: true };
  }
  return { set, skip };
}
