/** A profile is a scheduler's name and its plugins by extension point, in the order in which they are asked. */
import type { Plugin, Refusal } from './plugin.ts';

export interface WeightedPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

export interface Profile {
  readonly schedulerName: string;
  readonly preEnqueue: readonly Plugin[];
  readonly queueSort: Plugin;
  readonly filter: readonly Plugin[];
  readonly postFilter: readonly Plugin[];
  readonly score: readonly WeightedPlugin[];
  readonly reserve: readonly Plugin[];
  readonly permit: readonly Plugin[];
  readonly preBind: readonly Plugin[];
  readonly bind: readonly Plugin[];
  readonly postBind: readonly Plugin[];
  /** All plugins that take part anywhere, each once. */
  readonly plugins: readonly Plugin[];
  /**
   * Nodes are looked at until this share of them (percent) was found feasible. 100, the default, looks at all of them: kube-scheduler's
   * default is less in large clusters, to save time that is not spent here. 0 asks for that: 50 %, less 1 % for every 125 nodes, at least 5 %.
   */
  readonly percentageOfNodesToScore: number;
}

/** Refusals by number, so that verdicts over thousands of nodes fit into an array of small integers; 0 stands for none. */
export class Refusals {
  readonly #list: (Refusal | undefined)[] = [undefined];
  readonly #numbers = new Map<Refusal, number>();

  number(refusal: Refusal | undefined): number {
    if (!refusal) return 0;
    const known = this.#numbers.get(refusal);
    if (known !== undefined) return known;
    this.#numbers.set(refusal, this.#list.length);
    return this.#list.push(refusal) - 1;
  }

  get(number: number): Refusal | undefined {
    return this.#list[number];
  }
}
