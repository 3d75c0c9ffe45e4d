/**
 * Answers "what is the newest revision?" for many readers with few questions: one question is in flight, and one more waits for all who came
 * after it was asked. So every reader gets an answer to a question asked after it came, which is what makes a read linearizable.
 */
export class Freshness {
  readonly #ask: () => Promise<number>;
  #asking: Promise<number> | undefined;
  #next: Promise<number> | undefined;

  constructor(ask: () => Promise<number>) {
    this.#ask = ask;
  }

  newest(): Promise<number> {
    if (!this.#asking) return this.#start();
    this.#next ??= this.#asking.then(
      () => this.#promote(),
      () => this.#promote(),
    );
    return this.#next;
  }

  #promote(): Promise<number> {
    this.#next = undefined;
    return this.#start();
  }

  #start(): Promise<number> {
    const asking = this.#ask();
    this.#asking = asking;
    const done = () => {
      if (this.#asking === asking) this.#asking = undefined;
    };
    asking.then(done, done);
    return asking;
  }
}
