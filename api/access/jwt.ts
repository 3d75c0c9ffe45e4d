/** JSON Web Tokens, signed and verified by a library that is loaded with the first of them. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JSONWebKeySet, JWK } from 'jose';

export type Claims = Record<string, unknown>;

export interface TokenKey {
  /** A compact token, whose header says which key signed it. */
  sign(claims: Claims): Promise<string>;
  /** The claims of a token that this key signed; undefined for anything else. Does not look at times. */
  verify(token: string): Promise<Claims | undefined>;
}

/** EC keys on P-256 sign with ES256; others that somebody put there by hand, with what suits them. */
const ALGORITHMS: Record<string, string> = { rsa: 'RS256', prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** Throws when a key of this kind can't sign tokens. */
export function tokenKey(privateKey: KeyObject): TokenKey {
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: details } = privateKey;
  const alg = ALGORITHMS[details?.namedCurve ?? type];
  if (!alg) throw new Error(`a key of type ${type} ${details?.namedCurve ?? ''} can't sign ServiceAccount tokens: use EC P-256 or RSA`);
  let loaded: Promise<Loaded> | undefined;
  const library = () => {
    loaded ??= load(privateKey, alg);
    return loaded;
  };
  return {
    sign: async (claims) => {
      const { SignJWT, jwk } = await library();
      return new SignJWT(claims).setProtectedHeader({ alg, kid: jwk.kid ?? '' }).sign(privateKey);
    },
    verify: async (token) => {
      const { compactVerify, keySet } = await library();
      try {
        const { payload } = await compactVerify(token, keySet, { algorithms: [alg] });
        return asClaims(JSON.parse(new TextDecoder().decode(payload)));
      } catch {
        // What is wrong with a token that nobody of ours signed is nobody's business.
        return undefined;
      }
    },
  };
}

type Loaded = Awaited<ReturnType<typeof load>>;

/** Only what is needed of the library. */
async function load(privateKey: KeyObject, alg: string) {
  const [{ SignJWT }, { compactVerify }, { createLocalJWKSet }, { calculateJwkThumbprint }] = await Promise.all([
    import('jose/jwt/sign'),
    import('jose/jws/compact/verify'),
    import('jose/jwks/local'),
    import('jose/jwk/thumbprint'),
  ]);
  const bare: JWK = createPublicKey(privateKey).export({ format: 'jwk' });
  const jwk: JWK = { ...bare, alg, use: 'sig', kid: await calculateJwkThumbprint(bare) };
  const known: JSONWebKeySet = { keys: [jwk] };
  return { SignJWT, compactVerify, jwk, keySet: createLocalJWKSet(known) };
}

const asClaims = (value: unknown) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined);
