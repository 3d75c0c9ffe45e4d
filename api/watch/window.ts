/** The recent changes of one resource, newest last: what a watch that resumes is served from, and what a past state is rebuilt from. */
import type { ChangeType } from '../../store/store.ts';
import type { CachedObject } from './cached-object.ts';

/** One change as the cache has seen it. */
export interface CacheEvent {
  revision: number;
  type: ChangeType;
  key: string;
  /** The new state; of a delete the last one. */
  object: CachedObject;
  /** The state before. Absent for a create, and where it is not known (the change was read back from the store's log). */
  before: CachedObject | undefined;
  /** The event's bytes by how it is shown, made once and shared by all watchers. */
  bytes: Map<string, Buffer>;
}

/** How many changes are kept. */
const CAPACITY = 4096;

export class EventWindow {
  #events: CacheEvent[] = [];
  /** Events before this index are forgotten; they are cut off the array in one go. */
  #head = 0;
  /** The window holds every change after this revision. */
  #after: number;

  constructor(after: number) {
    this.#after = after;
  }

  get after(): number {
    return this.#after;
  }

  push(event: CacheEvent): void {
    this.#events.push(event);
    if (this.#events.length - this.#head <= CAPACITY) return;
    const dropped = this.#events[this.#head++];
    if (dropped) this.#after = dropped.revision;
    if (this.#head < CAPACITY) return;
    this.#events = this.#events.slice(this.#head);
    this.#head = 0;
  }

  /** The changes after `revision`, or undefined when the window does not reach back so far. */
  since(revision: number): CacheEvent[] | undefined {
    if (revision < this.#after) return undefined;
    let low = this.#head;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#events[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#events.slice(low);
  }
}
