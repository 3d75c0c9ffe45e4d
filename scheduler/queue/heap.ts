/** A binary heap whose entries know their place, so that any of them can be taken out. */
export interface HeapEntry {
  /** Managed by the heap; -1: not in it. */
  heapIndex: number;
}

export class Heap<T extends HeapEntry> {
  readonly #items: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#items.length;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    item.heapIndex = this.#items.length;
    this.#items.push(item);
    this.#up(item.heapIndex);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first) this.remove(first);
    return first;
  }

  remove(item: T): void {
    const index = item.heapIndex;
    const last = this.#items.pop();
    if (last && last !== item) {
      this.#put(last, index);
      this.#up(index);
      this.#down(last.heapIndex);
    }
    item.heapIndex = -1;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items[Symbol.iterator]();
  }

  #put(item: T, index: number): void {
    this.#items[index] = item;
    item.heapIndex = index;
  }

  #up(start: number): void {
    const item = this.#items[start] as T;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.#items[parent] as T;
      if (!this.#before(item, above)) break;
      this.#put(above, index);
      index = parent;
    }
    this.#put(item, index);
  }

  #down(start: number): void {
    const item = this.#items[start] as T;
    let index = start;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.#items.length) break;
      if (child + 1 < this.#items.length && this.#before(this.#items[child + 1] as T, this.#items[child] as T)) child++;
      if (!this.#before(this.#items[child] as T, item)) break;
      this.#put(this.#items[child] as T, index);
      index = child;
    }
    this.#put(item, index);
  }
}
