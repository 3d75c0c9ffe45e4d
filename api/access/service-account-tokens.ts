/** Tokens of ServiceAccounts: made on request, and believed as long as the account and what the token is bound to exist. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { ObjectSource } from '../watch/source.ts';
import { tokenKey } from './jwt.ts';
import { goList } from './rules.ts';
import { BOUND_KINDS, readClaims, type ServiceAccountClaims, writeClaims } from './service-account-claims.ts';
import { serviceAccountGroups, serviceAccountUser, type UserInfo, withAuthenticated } from './user.ts';

export interface ServiceAccountTokensOptions {
  key: KeyObject;
  /** `--service-account-issuer`; also the audience of tokens that ask for none. */
  issuer: string;
  source: ObjectSource;
  clock: Clock;
}

export type TokenOutcome = { user: UserInfo; audiences: string[] } | { error: string };

export interface ServiceAccountTokens {
  issuer: string;
  issue(claims: ServiceAccountClaims & { id: string; expires: number; notBefore: number }): Promise<string>;
  /** `audiences`: one of them has to be the token's; default: the issuer. undefined: not a token of ours. */
  verify(token: string, audiences?: readonly string[]): Promise<TokenOutcome | undefined>;
}

interface Known {
  claims: ServiceAccountClaims;
  user: UserInfo;
}

/** How many tokens' signatures are remembered as good. */
const MAX_KNOWN = 10_000;

export function createServiceAccountTokens({ key, issuer, source, clock }: ServiceAccountTokensOptions): ServiceAccountTokens {
  const signer = tokenKey(key);
  const known = new Map<string, Known>();
  const recognise = async (token: string): Promise<Known | undefined> => {
    const signed = await signer.verify(token);
    const claims = signed && readClaims(signed, issuer);
    if (!claims) return undefined;
    const found = { claims, user: userOf(claims) };
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(token, found);
    return found;
  };
  return {
    issuer,
    issue: (claims) => signer.sign(writeClaims(claims, issuer)),
    verify: async (token, audiences = [issuer]) => {
      const found = known.get(token) ?? (await recognise(token));
      if (!found) return undefined;
      const { claims, user } = found;
      const seconds = clock.now() / 1000;
      if (claims.expires !== undefined && claims.expires <= seconds) return { error: 'service account token has expired' };
      if (claims.notBefore !== undefined && claims.notBefore > seconds + 1) return { error: 'service account token is not valid yet' };
      const own = claims.legacySecret ? [issuer] : claims.audiences;
      const shared = own.filter((audience) => audiences.includes(audience));
      if (shared.length === 0) {
        return { error: `token audiences ${goList(own)} is invalid for the target audiences ${goList(audiences)}` };
      }
      const gone = await whatIsGone(source, claims, token);
      return gone ? { error: gone } : { user, audiences: shared };
    },
  };
}

function userOf({ namespace, serviceAccount, bound, node, id }: ServiceAccountClaims): UserInfo {
  const extra: Record<string, string[]> = {};
  if (id) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${id}`];
  const place = bound?.kind === 'node' ? bound : node;
  if (place) {
    extra['authentication.kubernetes.io/node-name'] = [place.name];
    extra['authentication.kubernetes.io/node-uid'] = [place.uid];
  }
  if (bound?.kind === 'pod') {
    extra['authentication.kubernetes.io/pod-name'] = [bound.name];
    extra['authentication.kubernetes.io/pod-uid'] = [bound.uid];
  }
  return {
    name: serviceAccountUser(namespace, serviceAccount.name),
    uid: serviceAccount.uid,
    groups: withAuthenticated(serviceAccountGroups(namespace)),
    extra,
  };
}

/** What the token rests on and is no longer there, in words; '' when all is well. */
async function whatIsGone(source: ObjectSource, claims: ServiceAccountClaims, token: string): Promise<string> {
  const { namespace, serviceAccount, bound, legacySecret } = claims;
  if (!(await exists(source, 'serviceaccounts', `${namespace}/${serviceAccount.name}`, serviceAccount.uid))) {
    return `service account ${namespace}/${serviceAccount.name} has been deleted`;
  }
  if (bound) {
    const key = bound.kind === 'node' ? bound.name : `${namespace}/${bound.name}`;
    if (!(await exists(source, BOUND_KINDS[bound.kind], key, bound.uid))) return 'service account token has been invalidated';
  }
  if (!legacySecret) return '';
  const secret =
    source.get('secrets', `${namespace}/${legacySecret}`) ?? (await source.getFresh('secrets', `${namespace}/${legacySecret}`));
  const data = (secret?.data as Record<string, string> | undefined)?.token;
  return data && Buffer.from(data, 'base64').toString() === token ? '' : 'token does not match the Secret it names';
}

/** The cache answers for what it knows; only what it does not know is asked for afresh, since it may be new. */
async function exists(source: ObjectSource, resource: string, key: string, uid: string): Promise<boolean> {
  const has = (object: AnyObject | undefined) => object?.metadata?.uid === uid && !object.metadata.deletionTimestamp;
  return has(source.get(resource, key)) || has(await source.getFresh(resource, key));
}
