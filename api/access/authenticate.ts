/** Who makes this request: by client certificate, static token, ServiceAccount token, or nobody known. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { type CertificateOutcome, readClientCertificate } from './client-certificate.ts';
import type { ServiceAccountTokens, TokenOutcome } from './service-account-tokens.ts';
import { ANONYMOUS, type UserInfo } from './user.ts';

export interface AuthenticateOptions {
  /** By token: `readTokenFile`. */
  staticTokens?: ReadonlyMap<string, UserInfo>;
  serviceAccountTokens?: ServiceAccountTokens;
  /** `--anonymous-auth`: a request without credentials is system:anonymous's. */
  anonymous: boolean;
}

/** undefined: 401. The same user comes as the same object as long as its connection or token lives. */
export type Authenticate = (request: IncomingMessage | Http2ServerRequest) => Promise<UserInfo | undefined>;

/** Of a bearer token alone. `audiences`: what the token has to be good for; default: this server. */
export type AuthenticateToken = (token: string, audiences?: readonly string[]) => Promise<TokenOutcome>;

const INVALID = 'invalid bearer token';

export function createAuthenticateToken({ staticTokens, serviceAccountTokens }: Omit<AuthenticateOptions, 'anonymous'>): AuthenticateToken {
  return async (token, audiences) => {
    const fixed = staticTokens?.get(token);
    // A static token says nothing about audiences, and so is good for this server's alone.
    const own = serviceAccountTokens ? [serviceAccountTokens.issuer] : [];
    if (fixed && !audiences) return { user: fixed, audiences: own };
    if (fixed) {
      const shared = own.filter((audience) => audiences?.includes(audience));
      return shared.length > 0 ? { user: fixed, audiences: shared } : { error: INVALID };
    }
    const outcome = await serviceAccountTokens?.verify(token, audiences);
    if (!outcome) return { error: INVALID };
    return 'user' in outcome ? outcome : { error: `[${INVALID}, ${outcome.error}]` };
  };
}

export function createAuthenticate({ anonymous, ...tokens }: AuthenticateOptions): Authenticate {
  const authenticateToken = createAuthenticateToken(tokens);
  const bySocket = new WeakMap<object, CertificateOutcome>();
  return async (request) => {
    const shown = certificateOf(request, bySocket);
    if (typeof shown === 'object') return shown.user;
    const token = bearerToken(request.headers.authorization);
    if (token === undefined) return shown === 'none' && anonymous ? ANONYMOUS : undefined;
    const outcome = await authenticateToken(token);
    return 'user' in outcome ? outcome.user : undefined;
  };
}

/** Read once for each connection: all requests of an HTTP/2 session share one. */
function certificateOf(request: IncomingMessage | Http2ServerRequest, bySocket: WeakMap<object, CertificateOutcome>): CertificateOutcome {
  const session = 'stream' in request ? request.stream.session : undefined;
  const connection: object | undefined = session ?? request.socket;
  if (!connection) return 'none';
  const before = bySocket.get(connection);
  if (before) return before;
  const socket = (session?.socket ?? request.socket) as TLSSocket;
  const outcome = typeof socket.getPeerCertificate === 'function' ? readClientCertificate(socket) : 'none';
  bySocket.set(connection, outcome);
  return outcome;
}

/** Other schemes, and a Bearer without a token, count as no credentials. */
export function bearerToken(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const [scheme = '', token = ''] = header.trim().split(' ', 2);
  return scheme.toLowerCase() === 'bearer' && token ? token : undefined;
}
