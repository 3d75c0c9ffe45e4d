/** Runs work of many keys at the same time, within a bound; of one key only the latest, one after the other. */
export class Lanes {
  readonly #most: number;
  readonly #waiting = new Map<string, () => Promise<void>>();
  readonly #running = new Set<string>();
  readonly #onError: (key: string, error: unknown) => void;
  #idle: (() => void)[] = [];

  constructor(most: number, onError: (key: string, error: unknown) => void) {
    this.#most = most;
    this.#onError = onError;
  }

  /** Work of the same key that has not begun is replaced. */
  run(key: string, work: () => Promise<void>): void {
    this.#waiting.delete(key);
    this.#waiting.set(key, work);
    this.#next();
  }

  /** Forgets work that has not begun. */
  forget(key: string): void {
    this.#waiting.delete(key);
  }

  /** Resolves when nothing runs or waits. */
  async settled(): Promise<void> {
    if (this.#running.size + this.#waiting.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    for (const [key, work] of this.#waiting) {
      if (this.#running.size >= this.#most) return;
      if (this.#running.has(key)) continue;
      this.#waiting.delete(key);
      this.#running.add(key);
      void this.#perform(key, work);
    }
  }

  async #perform(key: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#onError(key, error);
    }
    this.#running.delete(key);
    this.#next();
    if (this.#running.size + this.#waiting.size > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
