/** What a store can fail with, besides a refused write (which is a value, not an error). */

/** The log no longer reaches back to the asked revision: list again (410 Gone on the wire). */
export class Compacted extends Error {
  override name = 'Compacted';
  readonly resource: string;
  readonly asked: number;
  readonly oldest: number;
  constructor(resource: string, asked: number, oldest: number) {
    super(`${resource}: revision ${asked} is older than the log, which begins after ${oldest}`);
    this.resource = resource;
    this.asked = asked;
    this.oldest = oldest;
  }
}

/** A tail's reader let too much pile up and was cut off: list again. */
export class SlowReader extends Error {
  override name = 'SlowReader';
}

/** The store can't be reached, or broke off while a write was under way, whose outcome is then unknown (503 on the wire). */
export class StoreUnavailable extends Error {
  override name = 'StoreUnavailable';
}
