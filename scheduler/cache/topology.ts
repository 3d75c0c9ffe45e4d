/** The values of one label over all nodes (the zones, the hosts), by number. */

export function grown<A extends Int32Array | Uint32Array | Uint16Array | Uint8Array | Float64Array>(array: A, size: number): A {
  if (array.length >= size) return array;
  const next = new (array.constructor as new (n: number) => A)(Math.max(size, array.length * 2, 64));
  next.set(array as never);
  return next;
}

export class Topology {
  readonly key: string;
  /** Value number by node slot; -1: the node has no such label. */
  domainOf = new Int32Array(0);
  /** Value numbers in use are below this. */
  size = 0;
  readonly #numbers = new Map<string, number>();
  readonly #free: number[] = [];
  #nodes = new Int32Array(0);
  readonly #texts: string[] = [];

  constructor(key: string) {
    this.key = key;
  }

  reserve(slots: number): void {
    const before = this.domainOf.length;
    this.domainOf = grown(this.domainOf, slots);
    this.domainOf.fill(-1, before);
  }

  enter(slot: number, text: string | undefined): void {
    if (text === undefined) return;
    const value = this.#numbers.get(text) ?? this.#make(text);
    this.domainOf[slot] = value;
    this.#nodes[value] = (this.#nodes[value] ?? 0) + 1;
  }

  /** A value that no node has any more gives its number back. */
  leave(slot: number): void {
    const value = this.domainOf[slot] ?? -1;
    if (value < 0) return;
    this.domainOf[slot] = -1;
    this.#nodes[value] = (this.#nodes[value] ?? 0) - 1;
    if (this.#nodes[value] !== 0) return;
    this.#numbers.delete(this.#texts[value] ?? '');
    this.#free.push(value);
  }

  text(value: number): string {
    return this.#texts[value] ?? '';
  }

  #make(text: string): number {
    const value = this.#free.pop() ?? this.size++;
    this.#nodes = grown(this.#nodes, value + 1);
    this.#nodes[value] = 0;
    this.#numbers.set(text, value);
    this.#texts[value] = text;
    return value;
  }
}
