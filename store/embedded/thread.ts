import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '../errors.ts';
import type { Answer, Ask, Opened, WorkerSettings } from './protocol.ts';

interface Asker {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** The main thread's end of the database's thread. */
export class DatabaseThread {
  readonly #worker: Worker;
  readonly #askers = new Map<number, Asker>();
  #lastId = 0;
  #ended: StoreUnavailable | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#answered(answer));
    worker.on('error', (error) => this.#end(new StoreUnavailable(`the database's thread failed: ${error.message}`, { cause: error })));
    worker.on('exit', () => this.#end(new StoreUnavailable('the store is closed')));
  }

  /** Rejects `StoreUnavailable` when the database refuses or the thread is gone. */
  ask(question: Ask, transfer: ArrayBuffer[] = []): Promise<Answer> {
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#askers.set(id, { resolve, reject });
      this.#worker.postMessage({ ...question, id }, transfer);
    });
  }

  /** Lets what was asked be answered, then ends the thread and unlocks the file. */
  async close(): Promise<void> {
    if (this.#ended) return;
    const exited = once(this.#worker, 'exit');
    await this.ask({ ask: 'close' });
    await exited;
  }

  #answered(answer: Answer): void {
    const asker = this.#askers.get(answer.id);
    this.#askers.delete(answer.id);
    if (answer.error === undefined) asker?.resolve(answer);
    else asker?.reject(new StoreUnavailable(`the database refused: ${answer.error}`));
  }

  #end(error: StoreUnavailable): void {
    this.#ended ??= error;
    for (const { reject } of this.#askers.values()) reject(this.#ended);
    this.#askers.clear();
  }
}

/** Opens the file in a thread of its own; resolves to the thread and the newest revision of each resource. */
export async function startThread(settings: WorkerSettings): Promise<{ thread: DatabaseThread; counters: Map<string, number> }> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings });
  const [opened] = (await once(worker, 'message')) as [Opened];
  if (opened.error === undefined) return { thread: new DatabaseThread(worker), counters: opened.counters };
  await worker.terminate();
  throw new StoreUnavailable(opened.error);
}
