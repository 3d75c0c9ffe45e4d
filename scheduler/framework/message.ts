/** What the user reads when no node was found, worded as kube-scheduler words it. */

/** Counts reasons over nodes. */
export class Reasons {
  readonly #counts = new Map<string, number>();

  add(reasons: readonly string[], nodes = 1): void {
    for (const reason of reasons) this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + nodes);
  }

  /** `1 Insufficient cpu, 2 node(s) had untolerated taint(s)`: sorted as text. */
  text(): string {
    return [...this.#counts]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort((a, b) => (a < b ? -1 : 1))
      .join(', ');
  }
}

/** `0/3 nodes are available: <why>. <what making room came to>` */
export function unavailable(nodes: number, why: string, after = ''): string {
  return `0/${nodes} nodes are available:${why ? ` ${why}.` : ''}${after ? ` ${after}` : ''}`;
}
