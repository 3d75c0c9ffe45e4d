/** The private Redis of an instance, supervised: launched, launched again when it dies (its data is on disk), ended last. */
import { join } from 'node:path';
import type { RedisBinary } from '../../store/redis/find.ts';
import { launchRedis, type RedisProcess } from '../../store/redis/launch.ts';
import type { Clock } from '../../types/part/clock.ts';
import type { Log } from '../../types/part/log.ts';
import type { ChildEvents, ChildState, ChildStatus } from './child.ts';
import { RestartDelay } from './restart-delay.ts';
import type { Supervised } from './supervisor.ts';

export class RedisChild implements Supervised {
  readonly #binary: RedisBinary;
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: ChildEvents;
  readonly #delay: RestartDelay;
  readonly #firstReady = Promise.withResolvers<void>();
  #server: RedisProcess | undefined;
  #state: ChildState = 'starting';
  #restarts = 0;
  #lastExit: string | undefined;
  #stopping = false;
  #launching: Promise<void> = Promise.resolve();

  constructor(binary: RedisBinary, dataDir: string, clock: Clock, log: Log, events: ChildEvents) {
    this.#binary = binary;
    this.#directory = join(dataDir, 'redis');
    this.#clock = clock;
    this.#log = log.child({ child: 'redis' });
    this.#events = events;
    this.#delay = new RestartDelay(clock);
    this.#firstReady.promise.catch(() => {});
  }

  /** The same for the life of a data directory. Once ready. */
  get url(): string {
    return this.#server?.url ?? '';
  }

  get ready(): Promise<void> {
    return this.#firstReady.promise;
  }

  status(): ChildStatus {
    return { name: 'redis', pid: this.#server?.pid, state: this.#state, restarts: this.#restarts, lastExit: this.#lastExit };
  }

  start(): void {
    this.#launching = this.#launch();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#launching;
    await this.#server?.stop();
    this.#state = 'ended';
  }

  async #launch(): Promise<void> {
    this.#delay.started();
    try {
      const server = await launchRedis({ directory: this.#directory, binary: this.#binary, clock: this.#clock, log: this.#log });
      this.#server = server;
      this.#state = 'ready';
      this.#firstReady.resolve();
      this.#events.onReady?.(this);
      void server.exited.then(({ code, signal }) => this.#died(signal ? `signal ${signal}` : `exit code ${code}`));
    } catch (error) {
      this.#firstReady.reject(error);
      this.#died((error as Error).message);
    }
  }

  #died(how: string): void {
    this.#lastExit = how;
    if (this.#stopping || this.#state === 'starting') {
      this.#state = 'ended';
      return;
    }
    this.#log.warn({ how }, 'redis died, restarting');
    this.#events.onDeath?.(this, how);
    this.#state = 'restarting';
    this.#restarts++;
    this.#clock.after(this.#delay.next(), () => {
      if (!this.#stopping) this.start();
    });
  }
}
