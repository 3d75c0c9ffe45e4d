/** Which endpoint each client address is held to (sessionAffinity ClientIP). A use renews the hold, as kube-proxy has it. */

/** Clients remembered at most; the longest unused are forgotten first. */
const MOST_CLIENTS = 100_000;

export class Affinity {
  readonly #seconds: number;
  /** In order of last use. */
  readonly #held: Map<string, { address: string; until: number }>;

  constructor(seconds: number, held: Map<string, { address: string; until: number }> = new Map()) {
    this.#seconds = seconds;
    this.#held = held;
  }

  /** The same holds with another duration. */
  lasting(seconds: number): Affinity {
    return seconds === this.#seconds ? this : new Affinity(seconds, this.#held);
  }

  get(client: string, now: number): string | undefined {
    const held = this.#held.get(client);
    if (!held) return undefined;
    this.#held.delete(client);
    if (held.until <= now) return undefined;
    held.until = now + this.#seconds * 1000;
    this.#held.set(client, held);
    return held.address;
  }

  set(client: string, address: string, now: number): void {
    this.#held.delete(client);
    this.#held.set(client, { address, until: now + this.#seconds * 1000 });
    if (this.#held.size <= MOST_CLIENTS) return;
    const oldest = this.#held.keys().next().value;
    if (oldest !== undefined) this.#held.delete(oldest);
  }
}
