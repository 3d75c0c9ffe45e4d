/** The API server as a part: its pieces in the order in which they start. */
import type { Store } from '../store/store.ts';
import { builtinKinds } from '../types/kinds/registry.ts';
import type { PartContext, RunningPart } from '../types/part/part.ts';
import { createAuthenticate, createAuthenticateToken } from './access/authenticate.ts';
import { createAuthorizer } from './access/authorizer.ts';
import { createServiceAccountTokens } from './access/service-account-tokens.ts';
import { readTokenFile } from './access/static-tokens.ts';
import type { UserInfo } from './access/user.ts';
import { createAdmission } from './admission/admission.ts';
import { admissionSteps } from './admission/steps.ts';
import { createServiceAllocator } from './allocation/services.ts';
import { announce } from './bootstrap/announce.ts';
import { bootstrap } from './bootstrap/bootstrap.ts';
import type { Core } from './core.ts';
import { startRegistrar } from './crd/registrar.ts';
import { createCrdWriter } from './crd/writer.ts';
import { createPaths } from './discovery/paths.ts';
import { expireEvents } from './expiry/events.ts';
import { authenticateStep } from './http/authenticate.ts';
import { authorizeOr403, authorizeStep } from './http/authorize.ts';
import { dispatchStep } from './http/dispatch.ts';
import { listenLocal } from './http/local.ts';
import { createPipeline } from './http/pipeline.ts';
import { type ListeningServer, listen } from './http/server.ts';
import { createOpenApi } from './openapi/paths.ts';
import type { ApiOptions } from './options.ts';
import type { Pki } from './pki/pki.ts';
import { createKindTable } from './registry/kind-table.ts';
import { createReviews } from './subresources/reviews.ts';
import { createSubresources } from './subresources/subresources.ts';
import { SUBRESOURCES } from './subresources/table.ts';
import { tokenVerbs } from './subresources/token.ts';
import { WatchCaches } from './watch/caches.ts';

export interface RunningApi extends RunningPart {
  /** Resolves with `ready`: `https://127.0.0.1:6443`, with the port that was really taken. */
  url: Promise<string>;
}

/** What the server is given beside its flags. */
export interface ApiGiven {
  /** Stays the caller's: close it after `stopped`. */
  store: Store;
  pki: Pki;
  /** A Unix socket for components on this machine, and who they are by their tokens. Absent: there is none. */
  local?: { socket: string; users: [token: string, user: UserInfo][] };
}

export function startApi(context: PartContext, options: ApiOptions & ApiGiven): RunningApi {
  const running = start(context, options);
  const stopped = running.then(
    (server) =>
      new Promise<void>((resolve, reject) => {
        const stop = () => server.close().then(resolve, reject);
        if (context.signal.aborted) stop();
        else context.signal.addEventListener('abort', stop, { once: true });
      }),
  );
  stopped.catch(() => {});
  const url = running.then((server) => server.url);
  url.catch(() => {});
  return { ready: running.then(() => {}), stopped, url };
}

async function start(context: PartContext, options: ApiOptions & ApiGiven): Promise<ListeningServer> {
  const { clock, random, log, signal } = context;
  const { store, pki } = options;
  const kinds = createKindTable(builtinKinds());
  const caches = new WatchCaches(store, kinds, context);
  const authorizer = createAuthorizer(caches);
  const admission = createAdmission(admissionSteps({ source: caches, kinds, authorizer, clock, core: () => core }, options));
  const services = createServiceAllocator(store, random, options['service-cluster-ip-range'], options['service-node-port-range']);
  const authorize: Core['authorize'] = options['authorization-mode'] === 'RBAC' ? authorizeOr403(authorizer) : () => {};
  const core: Core = { clock, random, log, signal, store, kinds, caches, admission, services, authorize };

  const serviceAccountTokens = createServiceAccountTokens({
    key: pki.serviceAccountKey,
    issuer: options['service-account-issuer'],
    source: caches,
    clock,
  });
  const given = options['token-auth-file'] ? readTokenFile(options['token-auth-file']) : [];
  const staticTokens = new Map([...given, ...(options.local?.users ?? [])]);
  const tokens = { serviceAccountTokens, staticTokens };
  const authenticate = createAuthenticate({ ...tokens, anonymous: options['anonymous-auth'] });

  let server: ListeningServer | undefined;
  const paths = createPaths({
    kinds,
    serverAddress: () => server?.url.slice('https://'.length) ?? '',
    readiness: () => caches.unwell(),
    extensions: [createOpenApi(kinds)],
  });
  const subresources = createSubresources({
    ...SUBRESOURCES,
    'serviceaccounts/token': tokenVerbs({ tokens: serviceAccountTokens, source: caches, clock }),
  });
  const answered = createReviews(kinds, { authorizer, authenticateToken: createAuthenticateToken(tokens), clock });

  await startRegistrar({ source: caches, kinds, writer: createCrdWriter(core), clock, log, signal });
  await bootstrap(core, options, pki.ca.cert);
  await authorizer.whenSynced();
  expireEvents(core, options['event-ttl']);
  const steps = [
    authenticateStep(authenticate, authorizer),
    ...(options['authorization-mode'] === 'RBAC' ? [authorizeStep(authorizer)] : []),
    dispatchStep({ core, paths, subresources, answered }),
  ];
  const app = createPipeline(steps, log);
  const local = options.local ? await listenLocal(app, options.local.socket) : undefined;
  const certificates = { cert: pki.server.cert, key: pki.server.key, ca: pki.ca.cert };
  server = await listen(app, certificates, { host: options['bind-address'], port: options['secure-port'] }, log);
  await announce(core, options['bind-address'], server.port);
  const { close } = server;
  return { ...server, close: async () => void (await Promise.all([close(), local?.close()])) };
}
