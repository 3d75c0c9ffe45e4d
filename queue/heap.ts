/** A binary heap of entries by due time; each entry knows its place in it, so that it can be moved forward or taken out. */
export interface HeapEntry {
  due: number;
  /** The place in the heap; -1: not in it. */
  place: number;
}

export interface Heap<E extends HeapEntry> {
  readonly size: number;
  first(): E | undefined;
  push(entry: E): void;
  remove(entry: E): void;
  /** After `entry.due` has become earlier. */
  moveForward(entry: E): void;
}

export function createHeap<E extends HeapEntry>(): Heap<E> {
  const items: E[] = [];
  const at = (i: number) => items[i] as E;
  const set = (entry: E, i: number) => {
    items[i] = entry;
    entry.place = i;
  };
  const up = (entry: E) => {
    let i = entry.place;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (at(parent).due <= entry.due) break;
      set(at(parent), i);
      i = parent;
    }
    set(entry, i);
  };
  const down = (entry: E) => {
    let i = entry.place;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && at(child + 1).due < at(child).due) child++;
      if (at(child).due >= entry.due) break;
      set(at(child), i);
      i = child;
    }
    set(entry, i);
  };
  return {
    get size() {
      return items.length;
    },
    first: () => items[0],
    push: (entry) => {
      set(entry, items.length);
      up(entry);
    },
    moveForward: up,
    remove: (entry) => {
      const last = items.pop() as E;
      if (last !== entry) {
        set(last, entry.place);
        up(last);
        down(last);
      }
      entry.place = -1;
    },
  };
}
