/** One run of an instance: its processes from start to end, and what the control socket answers about them. */
import { join } from 'node:path';
import { createClient } from '../../client/connect.ts';
import type { Connection } from '../../client/connection.ts';
import { httpTransport } from '../../client/http.ts';
import { connectionFromKubeconfig } from '../../client/kubeconfig.ts';
import { realClock as clock, rfc3339 } from '../../types/part/clock.ts';
import type { Log } from '../../types/part/log.ts';
import { systemRandom } from '../../types/part/random.ts';
import type { ParsedUp } from '../command-line.ts';
import type { InstanceStatus } from '../control/protocol.ts';
import type { ControlHandlers } from '../control/server.ts';
import { Failure } from '../failure.ts';
import { fileLog } from '../log.ts';
import { socketPath } from '../socket-path.ts';
import { type ChildEvents, type ChildSpec, SupervisedChild } from '../supervise/child.ts';
import { RedisChild } from '../supervise/redis.ts';
import { Supervisor } from '../supervise/supervisor.ts';
import { type ChildrenOptions, childSpecs } from './children.ts';
import { ensureDefaultPool, machinesReady } from './default-pool.ts';
import type { Instance } from './instance.ts';
import type { UpPlan } from './plan.ts';
import { adminConnection, embeddedFile, localAccess, type Prepared, prepare } from './prepare.ts';
import { diedLine, healedLine, nextSteps, type ReadyFacts, readyLine } from './screen.ts';

export class Run implements ControlHandlers {
  readonly #parsed: ParsedUp;
  readonly #plan: UpPlan;
  readonly #instance: Instance;
  readonly #startedAt: number;
  readonly #log: Log;
  readonly #supervisor = new Supervisor();
  readonly #ending = new AbortController();
  #state: InstanceStatus['state'] = 'starting';
  #server = '';
  #store = '';
  #release = () => {};
  #redis: RedisChild | undefined;

  /** `startedAt`: when the command was given, by the monotonic clock. */
  constructor(parsed: ParsedUp, plan: UpPlan, instance: Instance, startedAt: number) {
    this.#parsed = parsed;
    this.#plan = plan;
    this.#instance = instance;
    this.#startedAt = startedAt;
    this.#log = fileLog(join(instance.logs, 'kumulus.log'), 'kumulus', parsed.up['log-level']);
  }

  status(): InstanceStatus {
    return {
      pid: process.pid,
      state: this.#state,
      server: this.#server,
      kubeconfig: this.#parsed.up.kubeconfig || this.#instance.kubeconfig,
      store: this.#store,
      startedAt: rfc3339(clock.now() - (clock.monotonic() - this.#startedAt)),
      parts: [...(this.#redis ? [this.#redis.status()] : []), ...this.#supervisor.status()],
    };
  }

  down(): void {
    if (this.#ending.signal.aborted) return;
    this.#state = 'stopping';
    this.#ending.abort();
  }

  /** Resolves when somebody asked for the end. */
  get ended(): Promise<void> {
    const { signal } = this.#ending;
    return new Promise((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** Resolves when all is ready, or when the end was asked for meanwhile. */
  async start(): Promise<void> {
    const nodes = await Promise.race([this.#plan.ownApi ? this.#startCloud() : this.#startParts(), this.ended]);
    if (this.#ending.signal.aborted) return;
    this.#state = 'ready';
    const facts: ReadyFacts = {
      seconds: (clock.monotonic() - this.#startedAt) / 1000,
      server: this.#server,
      kubeconfig: this.#instance.kubeconfig,
      logs: this.#instance.logs,
      parts: this.#plan.parts,
      nodes: nodes ?? undefined,
    };
    console.log(readyLine(facts));
    if (this.#plan.ownApi) console.log(nextSteps(facts));
  }

  async stop(): Promise<void> {
    this.#state = 'stopping';
    this.#ending.abort();
    await this.#supervisor.stop();
    await this.#redis?.stop(); // last: the others write to it until they end
    this.#release();
  }

  /** Our own API server and what works for it. Answers how many machines there are. */
  async #startCloud(): Promise<number | undefined> {
    const prepared = prepare(this.#parsed, this.#instance);
    const children = this.#startChildren(prepared.then((p) => this.#settle(p)));
    await prepared;
    this.#reached('the data directory is prepared');
    await children.api;
    this.#reached('the API server is ready');
    const nodes = this.#plan.makesMachines ? await this.#makeMachines(adminConnection(await prepared)) : undefined;
    this.#reached('the machines are ready');
    await children.all;
    return nodes;
  }

  #reached(what: string): void {
    this.#log.info({ ms: Math.round(clock.monotonic() - this.#startedAt) }, what);
  }

  /** Parts alone, for a cluster that is there already. */
  async #startParts(): Promise<undefined> {
    const connection = await connectionFromKubeconfig(this.#parsed.up.kubeconfig).catch((error: Error) => {
      throw new Failure(`can't use the kubeconfig ${this.#parsed.up.kubeconfig}: ${error.message}`);
    });
    this.#server = connection.server;
    const redis = this.#parsed.up.redis || process.env.REDIS_URL;
    const options = { ...this.#commonOptions(), connectionOf: () => connection, ...(redis && { redis }) };
    await this.#startChildren(Promise.resolve(options)).all;
  }

  /** From what is prepared to what the processes are told; a private Redis comes up on the way. */
  async #settle(prepared: Prepared): Promise<ChildrenOptions> {
    this.#server = prepared.server;
    this.#store = prepared.store.line.replace(/^store: /, '');
    this.#release = prepared.addresses.release;
    console.log(`kumulus: ${prepared.store.line}`);
    const redis = await this.#redisUrl(prepared);
    const local = localAccess(this.#plan.parts, socketPath(this.#instance.dir, 'api.sock'), prepared);
    const store = redis ? { kind: 'redis' as const, url: redis } : { kind: 'embedded' as const, file: embeddedFile(this.#instance) };
    return {
      ...this.#commonOptions(),
      flags: withDerived(this.#parsed, prepared.derived),
      connectionOf: (part) => local.connections.get(part),
      ...(redis && { redis }),
      api: { store, pki: this.#instance.pki, hosts: prepared.hosts, local: local.api },
    };
  }

  async #redisUrl({ store }: Prepared): Promise<string | undefined> {
    if (store.kind === 'embedded') return undefined;
    if (store.kind === 'external') return store.url;
    this.#redis = new RedisChild(store.binary, this.#instance.dir, clock, this.#log, this.#events());
    this.#redis.start();
    await this.#redis.ready;
    return this.#redis.url;
  }

  #commonOptions() {
    const meshSocket = socketPath(this.#instance.dir, 'mesh.sock');
    return { logs: this.#instance.logs, logLevel: this.#parsed.up['log-level'], flags: this.#parsed.parts, meshSocket };
  }

  /** The API server's process loads while the options are being settled, the others while it starts. */
  #startChildren(options: Promise<ChildrenOptions>): { api: Promise<void>; all: Promise<unknown> } {
    const { parts, ownApi } = this.#plan;
    const apiReady = Promise.withResolvers<void>();
    if (!ownApi) apiReady.resolve();
    const start = async (spec: ChildSpec) => {
      // The way to a ready API server is the longest: the others leave it the processors until it has what it needs.
      if (ownApi && spec.name !== 'api') await options;
      if (this.#ending.signal.aborted) return;
      const child = new SupervisedChild(spec, clock, this.#log, this.#events());
      if (spec.name === 'api') child.ready.then(apiReady.resolve, apiReady.reject);
      await this.#supervisor.add(child);
    };
    const all = Promise.all(childSpecs(parts, this.#instance.logs, options, apiReady.promise).map(start));
    const api = Promise.race([apiReady.promise, all.then(() => {})]);
    for (const later of [all, api]) later.catch(() => {}); // both are awaited by the caller, in turn
    return { api, all };
  }

  async #makeMachines(connection: Connection): Promise<number> {
    const { signal } = this.#ending;
    const transport = httpTransport(connection);
    const client = createClient(transport, { clock, random: systemRandom(), log: this.#log, userAgent: 'kumulus-up' });
    const nodes = await ensureDefaultPool(client, this.#parsed.up.nodes);
    await machinesReady(client, nodes, clock, signal, (line) => console.log(line));
    client.close();
    return nodes;
  }

  #events(): ChildEvents {
    return {
      onDeath: (child, how) => console.log(diedLine(child.status().name, how)),
      onReady: (child) => {
        if (child.status().restarts > 0) console.log(healedLine(child.status().name));
      },
    };
  }
}

/** What was given on the command line goes before what follows from the instance. */
function withDerived({ parts, given }: ParsedUp, derived: Prepared['derived']): ChildrenOptions['flags'] {
  const flags = { ...parts };
  for (const [part, values] of Object.entries(derived)) {
    const missing = Object.entries(values).filter(([name]) => !given.has(name));
    flags[part] = { ...flags[part], ...Object.fromEntries(missing) };
  }
  return flags;
}
