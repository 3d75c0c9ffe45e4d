/** What a ServiceAccount's token says (k8s.io/kubernetes/pkg/serviceaccount/claims.go), read defensively. */
import type { Claims } from './jwt.ts';

export interface BoundReference {
  name: string;
  uid: string;
}

/** Objects whose deletion ends a token. */
export const BOUND_KINDS = { pod: 'pods', secret: 'secrets', node: 'nodes' } as const;
export type BoundKind = keyof typeof BOUND_KINDS;

export interface ServiceAccountClaims {
  namespace: string;
  serviceAccount: BoundReference;
  bound?: { kind: BoundKind } & BoundReference;
  /** Of a pod's token: where the pod runs. */
  node?: BoundReference;
  id?: string;
  audiences: string[];
  /** Seconds since 1970; a token of a Secret has none and does not expire. */
  expires?: number;
  notBefore?: number;
  /** The Secret that a legacy token is kept in. */
  legacySecret?: string;
}

const LEGACY_ISSUER = 'kubernetes/serviceaccount';
const LEGACY = 'kubernetes.io/serviceaccount/';

/** undefined: not a ServiceAccount's token, or not of this issuer. */
export function readClaims(claims: Claims, issuer: string): ServiceAccountClaims | undefined {
  if (claims.iss === LEGACY_ISSUER) return readLegacy(claims);
  const own = record(claims['kubernetes.io']);
  const namespace = text(own?.namespace);
  const serviceAccount = reference(own?.serviceaccount);
  if (claims.iss !== issuer || !own || !namespace || !serviceAccount) return undefined;
  if (claims.sub !== `system:serviceaccount:${namespace}:${serviceAccount.name}`) return undefined;
  if (typeof claims.exp !== 'number') return undefined;
  const read: ServiceAccountClaims = { namespace, serviceAccount, audiences: audiencesOf(claims.aud), expires: claims.exp };
  if (typeof claims.nbf === 'number') read.notBefore = claims.nbf;
  if (typeof claims.jti === 'string') read.id = claims.jti;
  const node = reference(own.node);
  for (const kind of Object.keys(BOUND_KINDS) as BoundKind[]) {
    const bound = reference(own[kind]);
    if (bound && !read.bound) read.bound = { kind, ...bound };
  }
  if (node && read.bound?.kind === 'pod') read.node = node;
  return read;
}

function readLegacy(claims: Claims): ServiceAccountClaims | undefined {
  const namespace = text(claims[`${LEGACY}namespace`]);
  const name = text(claims[`${LEGACY}service-account.name`]);
  const uid = text(claims[`${LEGACY}service-account.uid`]);
  const legacySecret = text(claims[`${LEGACY}secret.name`]);
  if (!namespace || !name || !uid || !legacySecret) return undefined;
  return { namespace, serviceAccount: { name, uid }, audiences: [], legacySecret };
}

/** The inverse of `readClaims`, for tokens that expire. */
export function writeClaims(read: ServiceAccountClaims & { id: string; expires: number; notBefore: number }, issuer: string): Claims {
  const own: Record<string, unknown> = { namespace: read.namespace, serviceaccount: read.serviceAccount };
  if (read.node) own.node = read.node;
  if (read.bound) own[read.bound.kind] = { name: read.bound.name, uid: read.bound.uid };
  return {
    aud: read.audiences,
    exp: read.expires,
    iat: read.notBefore,
    iss: issuer,
    jti: read.id,
    'kubernetes.io': own,
    nbf: read.notBefore,
    sub: `system:serviceaccount:${read.namespace}:${read.serviceAccount.name}`,
  };
}

const record = (value: unknown) =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

function reference(value: unknown): BoundReference | undefined {
  const name = text(record(value)?.name);
  const uid = text(record(value)?.uid);
  return name && uid ? { name, uid } : undefined;
}

function audiencesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}
