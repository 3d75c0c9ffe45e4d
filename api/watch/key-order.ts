/** The keys of a resource in order (by UTF-16 code unit, as the store orders them), for lists and pages. */
export class KeyOrder {
  #keys: string[] = [];

  constructor(sorted: string[] = []) {
    this.#keys = sorted;
  }

  add(key: string): void {
    const at = this.#lowerBound(key);
    if (this.#keys[at] === key) return;
    if (at === this.#keys.length) this.#keys.push(key);
    else this.#keys.splice(at, 0, key);
  }

  delete(key: string): void {
    const at = this.#lowerBound(key);
    if (this.#keys[at] === key) this.#keys.splice(at, 1);
  }

  /** The keys that begin with `prefix` and are greater than `after`. */
  range(prefix: string, after = ''): string[] {
    const from = after > prefix ? this.#lowerBound(after) : this.#lowerBound(prefix);
    const to = prefix === '' ? this.#keys.length : this.#lowerBound(`${prefix}\uffff`);
    const start = after !== '' && this.#keys[from] === after ? from + 1 : from;
    return this.#keys.slice(start, Math.max(start, to));
  }

  #lowerBound(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#keys[middle] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
