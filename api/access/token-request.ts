/** `serviceaccounts/NAME/token`: a token for a ServiceAccount, for a time and an audience, bound to an object where asked. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../types/part/clock.ts';
import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, conflict, invalid, notFound } from '../errors.ts';
import type { FieldError } from '../kinds/strategy.ts';
import type { ObjectSource } from '../watch/source.ts';
import { BOUND_KINDS, type BoundReference, type ServiceAccountClaims } from './service-account-claims.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

export interface TokenRequestContext {
  tokens: ServiceAccountTokens;
  source: ObjectSource;
  clock: Clock;
}

interface BoundObject {
  kind?: string;
  apiVersion?: string;
  name?: string;
  uid?: string;
}

interface TokenSpec {
  audiences?: string[];
  expirationSeconds?: number;
  boundObjectRef?: BoundObject | null;
}

const DEFAULT_SECONDS = 3600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** `body` is a TokenRequest, or an empty object for one with all defaults. Throws a `StatusError`. */
export async function requestToken(
  account: AnyObject,
  body: AnyObject,
  { tokens, source, clock }: TokenRequestContext,
): Promise<AnyObject> {
  const spec = readSpec(body.spec);
  const { expirationSeconds = DEFAULT_SECONDS, boundObjectRef = null } = spec;
  const faults = lifetimeFaults(expirationSeconds);
  if (faults.length > 0) throw invalid({ group: 'authentication.k8s.io', kind: 'TokenRequest' }, '', faults);
  const { name = '', namespace = '', uid = '', creationTimestamp } = account.metadata ?? {};
  const audiences = spec.audiences?.length ? spec.audiences : [tokens.issuer];
  const now = Math.floor(clock.now() / 1000);
  const expires = now + expirationSeconds;
  const bound = boundObjectRef ? await resolveBound(boundObjectRef, namespace, name, source) : {};
  const token = await tokens.issue({
    namespace,
    serviceAccount: { name, uid },
    audiences,
    id: randomUUID(),
    expires,
    notBefore: now,
    ...bound,
  });
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, ...(creationTimestamp ? { creationTimestamp } : {}) },
    spec: { audiences, expirationSeconds, boundObjectRef },
    status: { token, expirationTimestamp: rfc3339(expires * 1000) },
  };
}

/** The body of a subresource is not checked against a kind's schema: here it is. */
function readSpec(given: unknown): TokenSpec {
  const spec = record(given, 'spec');
  const { audiences, expirationSeconds } = spec;
  if (audiences !== undefined && audiences !== null && !(Array.isArray(audiences) && audiences.every((one) => typeof one === 'string'))) {
    throw wrongType('spec.audiences', '[]string');
  }
  if (expirationSeconds !== undefined && expirationSeconds !== null && !Number.isInteger(expirationSeconds)) {
    throw wrongType('spec.expirationSeconds', 'int64');
  }
  const read: TokenSpec = {};
  if (Array.isArray(audiences)) read.audiences = audiences;
  if (typeof expirationSeconds === 'number') read.expirationSeconds = expirationSeconds;
  if (spec.boundObjectRef) read.boundObjectRef = readReference(spec.boundObjectRef);
  return read;
}

function readReference(given: unknown): BoundObject {
  const read: BoundObject = {};
  const ref = record(given, 'spec.boundObjectRef');
  for (const field of ['kind', 'apiVersion', 'name', 'uid'] as const) {
    const value = ref[field];
    if (typeof value === 'string') read[field] = value;
    else if (value !== undefined && value !== null) throw wrongType(`spec.boundObjectRef.${field}`, 'string');
  }
  return read;
}

function record(value: unknown, field: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrongType(field, 'an object');
}

const wrongType = (field: string, type: string) =>
  badRequest(`TokenRequest in version "v1" cannot be handled as a TokenRequest: ${field} has to be of type ${type}`);

function lifetimeFaults(seconds: number): FieldError[] {
  const fault = (detail: string): FieldError[] => [{ field: 'spec.expirationSeconds', type: 'invalid', value: seconds, detail }];
  if (seconds < MIN_SECONDS) return fault('may not specify a duration less than 10 minutes');
  if (seconds > MAX_SECONDS) return fault('may not specify a duration larger than 2^32 seconds');
  return [];
}

async function resolveBound(
  ref: BoundObject,
  namespace: string,
  account: string,
  source: ObjectSource,
): Promise<Pick<ServiceAccountClaims, 'bound' | 'node'>> {
  const { apiVersion = '', kind = '', name = '', uid } = ref;
  const known = (['Pod', 'Secret', 'Node'] as const).find((one) => one === kind);
  if (apiVersion !== 'v1' || !known) throw badRequest(`cannot bind token to object of type ${describe(apiVersion)}, Kind=${kind}`);
  const short = known.toLowerCase() as Lowercase<typeof known>;
  const resource = { group: '', plural: BOUND_KINDS[short] };
  const object = await source.getFresh(resource.plural, known === 'Node' ? name : `${namespace}/${name}`);
  const found = object?.metadata?.uid;
  if (!object || !found) throw notFound(resource, name);
  if (uid && uid !== found) {
    const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
    throw conflict(resource, name, why);
  }
  const bound = { kind: short, name, uid: found };
  return known === 'Pod' ? { bound, ...podNode(object, account, source) } : { bound };
}

function podNode(pod: AnyObject, account: string, source: ObjectSource): { node?: BoundReference } {
  const { serviceAccountName, nodeName } = (pod.spec ?? {}) as { serviceAccountName?: string; nodeName?: string };
  if (serviceAccountName !== account) {
    throw badRequest(`cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`);
  }
  const uid = nodeName && source.get('nodes', nodeName)?.metadata?.uid;
  return nodeName && uid ? { node: { name: nodeName, uid } } : {};
}

/** A group and version as Go prints a GroupVersionKind's. */
const describe = (apiVersion: string) => (apiVersion.includes('/') ? apiVersion : `/${apiVersion}`);
