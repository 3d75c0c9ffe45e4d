/** One supervised process of a part: started, told its configuration, restarted when it dies, ended in order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Clock } from '../../types/part/clock.ts';
import type { Log } from '../../types/part/log.ts';
import { RestartDelay } from './restart-delay.ts';
import type { Supervised } from './supervisor.ts';

export type ChildState = 'starting' | 'ready' | 'restarting' | 'ended';

export interface ChildSpec {
  name: string;
  /** Arguments of node: the script and what it is given. */
  args: string[];
  /** Where what it writes to stdout and stderr goes (a crash's last words). */
  outputFile: string;
  /** Sent to the process as its first message, once it is known; meanwhile the process loads its code. */
  config: Promise<unknown>;
}

export interface ChildStatus {
  name: string;
  pid: number | undefined;
  state: ChildState;
  restarts: number;
  lastExit: string | undefined;
}

/** What a part's process says to its supervisor. */
export type ChildMessage = { type: 'ready'; detail?: Record<string, unknown> } | { type: 'failed'; message: string };

export interface ChildEvents {
  onReady?(child: Supervised): void;
  onDeath?(child: Supervised, how: string): void;
}

/** After SIGTERM a part has this long to end before it is killed. */
const GRACE_MS = 8_000;

export class SupervisedChild implements Supervised {
  readonly spec: ChildSpec;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: ChildEvents;
  readonly #delay: RestartDelay;
  #process: ChildProcess | undefined;
  #state: ChildState = 'starting';
  #restarts = 0;
  #lastExit: string | undefined;
  #failure: string | undefined;
  #stopping = false;
  #firstReady = Promise.withResolvers<void>();
  #ended = Promise.withResolvers<void>();

  constructor(spec: ChildSpec, clock: Clock, log: Log, events: ChildEvents = {}) {
    this.spec = spec;
    this.#clock = clock;
    this.#log = log.child({ child: spec.name });
    this.#events = events;
    this.#delay = new RestartDelay(clock);
    this.#firstReady.promise.catch(() => {});
  }

  /** Resolves at its first readiness; rejects when it dies before that, with its own words where it left any. */
  get ready(): Promise<void> {
    return this.#firstReady.promise;
  }

  status(): ChildStatus {
    return { name: this.spec.name, pid: this.#process?.pid, state: this.#state, restarts: this.#restarts, lastExit: this.#lastExit };
  }

  start(): void {
    this.#delay.started();
    try {
      this.#follow(this.#spawn());
    } catch (error) {
      this.#died(`could not be started: ${(error as Error).message}`);
    }
  }

  #spawn(): ChildProcess {
    const output = openSync(this.spec.outputFile, 'a');
    try {
      // A session of its own: Ctrl-C in a terminal reaches the supervisor alone, which then ends the parts in order.
      return spawn(process.execPath, this.spec.args, { stdio: ['ignore', output, output, 'ipc'], detached: true });
    } finally {
      closeSync(output);
    }
  }

  #follow(child: ChildProcess): void {
    this.#process = child;
    child.on('message', (message) => this.#hear(message as ChildMessage));
    child.on('error', (error) => {
      if (child.pid === undefined) this.#died(`could not be started: ${error.message}`);
      else this.#log.error({ error }, 'the process can not be reached');
    });
    child.on('exit', (code, signal) => this.#died(signal ? `signal ${signal}` : `exit code ${code}`));
    const configure = (config: unknown) => void (child.connected && child.send({ config }, () => {}));
    this.spec.config.then(configure, () => {}); // whoever makes the configuration hears of its failure
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (!child) {
      this.#state = 'ended';
      return;
    }
    child.kill('SIGTERM');
    const kill = this.#clock.after(GRACE_MS, () => {
      this.#log.warn({}, 'did not end in time, killed');
      child.kill('SIGKILL');
    });
    await this.#ended.promise;
    kill.cancel();
  }

  #hear(message: ChildMessage): void {
    if (message.type === 'failed') {
      this.#failure = message.message;
      return;
    }
    this.#state = 'ready';
    this.#firstReady.resolve();
    this.#events.onReady?.(this);
  }

  #died(how: string): void {
    this.#process = undefined;
    this.#lastExit = this.#failure ? `${how}: ${this.#failure}` : how;
    if (this.#stopping) {
      this.#state = 'ended';
      this.#ended.resolve();
      return;
    }
    if (this.#state === 'starting' && this.#restarts === 0) {
      this.#state = 'ended';
      this.#firstReady.reject(new Error(this.#failure ?? `${this.spec.name} ended while starting (${how}); see ${this.spec.outputFile}`));
      return;
    }
    this.#log.warn({ how: this.#lastExit }, 'process died, restarting');
    this.#events.onDeath?.(this, this.#lastExit);
    this.#failure = undefined;
    this.#state = 'restarting';
    this.#restarts++;
    this.#clock.after(this.#delay.next(), () => {
      if (!this.#stopping) this.start();
    });
  }
}
