/** The controller's end: pushes what is published to every proxy that connects, and knows what each has taken. */
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Log } from '../../types/part/log.ts';
import type { ResourceConfig } from '../config/resource.ts';
import { Board, type Delta } from './board.ts';
import { readLines, writeLine } from './lines.ts';
import type { FromProxy, Problem, Stats } from './protocol.ts';

/** How far a resource has come. */
export interface Progress {
  version: string | undefined;
  /** Proxies that have taken this version. */
  taken: number;
  /** Proxies that are connected. */
  proxies: number;
  /** Why a proxy refused it. */
  refused?: string;
}

interface Session {
  socket: Socket;
  /** Its name, once it has said hello. */
  proxy?: string;
  pushes: number;
  /** What each unanswered push sets and removes. */
  unanswered: Map<number, Delta>;
  taken: Map<string, string>;
  refused: Map<string, { version: string; reason: string }>;
  problems: Problem[];
  asked: Map<number, (stats: Stats) => void>;
}

export class PushServer {
  readonly #log: Log;
  readonly #board = new Board();
  readonly #sessions = new Set<Session>();
  readonly #onProgress: (ids: string[] | undefined) => void;
  #server: Server | undefined;

  /** `onProgress`: proxies have answered for these resources; undefined: any may be concerned. */
  constructor(log: Log, onProgress: (ids: string[] | undefined) => void) {
    this.#log = log;
    this.#onProgress = onProgress;
  }

  /** Publishes; proxies are sent what changed. */
  publish(set: ResourceConfig[], remove: string[]): Delta {
    const delta = this.#board.change(set, remove);
    if (delta.set.length + delta.remove.length === 0) return delta;
    for (const session of this.#sessions) if (session.proxy !== undefined) this.#push(session, delta);
    return delta;
  }

  /** Listens on the Unix socket. Call it when all that is known has been published: a proxy drops what it is not told of. */
  async listen(path: string): Promise<void> {
    removeStale(path);
    const server = createServer((socket) => this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    // Whoever can connect is shown where everything listens.
    chmodSync(path, 0o600);
  }

  async close(): Promise<void> {
    for (const { socket } of this.#sessions) socket.destroy();
    const server = this.#server;
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  /** Proxies that are connected and have said hello. */
  get proxies(): number {
    return [...this.#sessions].filter(({ proxy }) => proxy !== undefined).length;
  }

  progress(id: string): Progress {
    const version = this.#board.version(id);
    const progress: Progress = { version, taken: 0, proxies: 0 };
    for (const session of this.#sessions) {
      if (session.proxy === undefined) continue;
      progress.proxies += 1;
      if (session.taken.get(id) === version) progress.taken += 1;
      const refusal = session.refused.get(id);
      if (refusal && refusal.version === version) progress.refused = refusal.reason;
    }
    return progress;
  }

  /** Of every connected proxy. */
  allProblems(): Problem[] {
    return [...this.#sessions].flatMap(({ problems }) => problems);
  }

  /** Why a Service's addresses are not all listened on. */
  problems(service: string): string[] {
    const own = this.allProblems().filter((problem) => problem.service === service);
    return [...new Set(own.map(({ reason }) => reason))];
  }

  /** The counters of every connected proxy, by its name. */
  async stats(): Promise<Record<string, Stats>> {
    const asked = [...this.#sessions]
      .filter((session) => session.proxy !== undefined)
      .map(async (session) => [session.proxy, await ask(session)]);
    return Object.fromEntries(await Promise.all(asked));
  }

  #accept(socket: Socket): void {
    const session: Session = {
      socket,
      pushes: 0,
      unanswered: new Map(),
      taken: new Map(),
      refused: new Map(),
      problems: [],
      asked: new Map(),
    };
    this.#sessions.add(session);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#gone(session));
    readLines<FromProxy>(socket, (message) => this.#read(session, message));
  }

  #gone(session: Session): void {
    this.#sessions.delete(session);
    for (const resolve of session.asked.values()) resolve({ clusters: {}, rules: {} });
    if (session.proxy !== undefined) this.#log.warn({ proxy: session.proxy }, 'proxy disconnected');
  }

  #read(session: Session, message: FromProxy): void {
    switch (message.type) {
      case 'hello':
        session.proxy = message.proxy;
        session.taken = new Map(Object.entries(message.versions));
        this.#log.info({ proxy: message.proxy, resources: session.taken.size }, 'proxy connected');
        this.#push(session, this.#board.since(message.versions));
        break;
      case 'answer':
        this.#answered(session, message);
        break;
      case 'problems':
        session.problems = message.problems;
        this.#log.warn({ proxy: session.proxy, problems: message.problems }, 'listeners of a proxy changed their state');
        this.#onProgress(undefined);
        break;
      case 'stats':
        session.asked.get(message.number)?.(message.stats);
        session.asked.delete(message.number);
    }
  }

  #push(session: Session, delta: Delta): void {
    session.pushes += 1;
    session.unanswered.set(session.pushes, delta);
    writeLine(session.socket, { type: 'push', number: session.pushes, set: delta.set, remove: delta.remove });
  }

  #answered(session: Session, { number, refused, problems }: FromProxy & { type: 'answer' }): void {
    const delta = session.unanswered.get(number);
    if (!delta) return;
    session.unanswered.delete(number);
    session.problems = problems;
    const refusals = new Map(refused.map((one) => [one.id, one]));
    for (const id of delta.remove) session.taken.delete(id);
    const ids = delta.set.map(({ version, resource }) => {
      const id = `${resource.type}/${resource.name}`;
      const refusal = refusals.get(id);
      if (refusal) session.refused.set(id, refusal);
      else {
        session.refused.delete(id);
        session.taken.set(id, version);
      }
      return id;
    });
    if (refused.length > 0) this.#log.error({ proxy: session.proxy, refused }, 'a proxy refused configuration');
    this.#onProgress(ids);
  }
}

function ask(session: Session): Promise<Stats> {
  return new Promise((resolve) => {
    session.pushes += 1;
    session.asked.set(session.pushes, resolve);
    writeLine(session.socket, { type: 'stats', number: session.pushes });
  });
}

/** A socket file outlives the process that made it. */
function removeStale(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
