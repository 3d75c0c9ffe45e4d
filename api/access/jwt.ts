/** JSON Web Tokens signed with ES256 (RFC 7515, 7518), and their public keys as a JWK set (RFC 7517, 7638). */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

export type Claims = Record<string, unknown>;

export interface SigningKey {
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** Says which key signed a token. */
  id: string;
}

export function signingKey(privateKey: KeyObject): SigningKey {
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey, id: thumbprint(publicKey) };
}

export function signJwt(key: SigningKey, claims: Claims): string {
  const head = `${encode({ alg: 'ES256', kid: key.id })}.${encode(claims)}`;
  return `${head}.${sign('sha256', Buffer.from(head), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

/** The claims of a token that one of the keys signed; undefined for anything else. Does not look at times. */
export function verifyJwt(keys: readonly SigningKey[], token: string): Claims | undefined {
  const [head, body, signature, ...more] = token.split('.');
  if (!head || !body || !signature || more.length > 0) return undefined;
  const header = decode(head);
  if (header?.alg !== 'ES256') return undefined;
  const signed = Buffer.from(`${head}.${body}`);
  const bytes = Buffer.from(signature, 'base64url');
  const candidates = keys.filter((key) => header.kid === undefined || header.kid === key.id);
  const good = candidates.some((key) => verify('sha256', signed, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, bytes));
  return good ? decode(body) : undefined;
}

/** What `/openid/v1/jwks` serves. */
export function publicKeySet(keys: readonly SigningKey[]): { keys: object[] } {
  return { keys: keys.map((key) => ({ use: 'sig', kid: key.id, alg: 'ES256', ...key.publicKey.export({ format: 'jwk' }) })) };
}

function thumbprint(publicKey: KeyObject): string {
  const { crv, kty, x, y } = publicKey.export({ format: 'jwk' });
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(text: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}
