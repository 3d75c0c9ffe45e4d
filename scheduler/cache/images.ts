/** On how many nodes each image is. */
export class Images {
  readonly #known = new Map<string, { size: number; nodes: number }>();
  /** Raised by every change. */
  version = 0;

  /** The size is that which the first node told; others may report the same image differently. */
  enter(images: ReadonlyMap<string, number>): void {
    for (const [name, size] of images) {
      const known = this.#known.get(name);
      if (known) known.nodes++;
      else this.#known.set(name, { size, nodes: 1 });
      this.version++;
    }
  }

  leave(images: ReadonlyMap<string, number>): void {
    for (const name of images.keys()) {
      const known = this.#known.get(name);
      if (known && --known.nodes === 0) this.#known.delete(name);
      this.version++;
    }
  }

  get(name: string): { readonly size: number; readonly nodes: number } | undefined {
    return this.#known.get(name);
  }
}
