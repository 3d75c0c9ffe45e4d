/** A set of endpoints and the choice among them: the less busy of two drawn at random, or the one that a client is held to. */
import type { Random } from '../../types/part/random.ts';
import type { ClusterConfig } from '../config/resource.ts';
import { Affinity } from './affinity.ts';
import { type Counters, newCounters } from './counters.ts';
import { Endpoint } from './endpoint.ts';
import type { HttpConnection } from './http/connection.ts';

export type HttpEndpoint = Endpoint<HttpConnection>;

export class Cluster {
  readonly name: string;
  readonly counters: Counters = newCounters();
  endpoints: HttpEndpoint[] = [];
  #affinity: Affinity | undefined;
  readonly #random: Random;

  constructor(name: string, random: Random) {
    this.name = name;
    this.#random = random;
  }

  /** Takes over a new configuration; an endpoint that stays keeps its connections and its record. */
  configure(config: ClusterConfig): void {
    const before = new Map(this.endpoints.map((endpoint) => [endpoint.address, endpoint]));
    this.endpoints = config.endpoints.map((address) => {
      const known = before.get(address);
      before.delete(address);
      return known ?? new Endpoint(address);
    });
    for (const gone of before.values()) gone.retire();
    if (config.affinitySeconds === undefined) this.#affinity = undefined;
    else this.#affinity = this.#affinity?.lasting(config.affinitySeconds) ?? new Affinity(config.affinitySeconds);
  }

  retire(): void {
    for (const endpoint of this.endpoints) endpoint.retire();
    this.endpoints = [];
  }

  /** An endpoint for one try of a client's request, none of `tried`; undefined when there is none. `now` in monotonic milliseconds. */
  pick(client: string, now: number, tried: readonly HttpEndpoint[] = []): HttpEndpoint | undefined {
    const held = this.#affinity?.get(client, now);
    if (held) {
      const endpoint = this.endpoints.find((e) => e.address === held);
      if (endpoint && !tried.includes(endpoint) && !endpoint.avoided(now)) return endpoint;
    }
    const chosen = this.#choose(now, tried);
    if (chosen) this.#affinity?.set(client, chosen.address, now);
    return chosen;
  }

  #choose(now: number, tried: readonly HttpEndpoint[]): HttpEndpoint | undefined {
    const all = this.endpoints;
    const usable = all.some((e) => e.avoided(now) || tried.includes(e)) ? this.#usable(now, tried) : all;
    if (usable.length <= 1) return usable[0];
    // Power of two choices: the second is drawn from the rest, so that the two differ.
    const first = this.#random.int(usable.length);
    const step = 1 + this.#random.int(usable.length - 1);
    const a = usable[first] as HttpEndpoint;
    const b = usable[(first + step) % usable.length] as HttpEndpoint;
    return b.active < a.active ? b : a;
  }

  /** Endpoints that failed lately are still better than none. */
  #usable(now: number, tried: readonly HttpEndpoint[]): HttpEndpoint[] {
    const untried = this.endpoints.filter((e) => !tried.includes(e));
    const healthy = untried.filter((e) => !e.avoided(now));
    return healthy.length > 0 ? healthy : untried;
  }
}
