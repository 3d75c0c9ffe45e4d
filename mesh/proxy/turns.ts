/** Takes turns by weight, smoothly: 90 to 10 gives nine of one and one of the other in every ten, spread out (as nginx does it). */
import type { Random } from '../../types/part/random.ts';

export class Turns {
  readonly #weights: number[];
  readonly #total: number;
  readonly #credit: number[];

  /** Starts at a random turn, so that proxies started together do not all begin with the same backend. */
  constructor(weights: number[], random: Random) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#credit = weights.map(() => 0);
    const skip = this.#total > 0 && weights.length > 1 ? random.int(Math.min(this.#total, 1000)) : 0;
    for (let i = 0; i < skip; i++) this.next();
  }

  /** The index whose turn it is; -1 when there is nothing of any weight. */
  next(): number {
    if (this.#total <= 0) return -1;
    if (this.#weights.length === 1) return 0;
    let best = 0;
    for (let i = 0; i < this.#weights.length; i++) {
      this.#credit[i] = (this.#credit[i] as number) + (this.#weights[i] as number);
      if ((this.#credit[i] as number) > (this.#credit[best] as number)) best = i;
    }
    this.#credit[best] = (this.#credit[best] as number) - this.#total;
    return best;
  }
}
