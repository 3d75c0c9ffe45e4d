/** Takes over what the controller pushes, resource by resource: a bad one is refused and its last good version stays. */
import type { Log } from '../../types/part/log.ts';
import { type ResourceType, resourceId } from '../config/resource.ts';
import type { FromController, FromProxy, Versioned } from '../push/protocol.ts';
import type { Fronts } from './fronts.ts';
import type { State } from './state.ts';
import { validate } from './validate.ts';

/** Clusters and tables come before the listeners that lead to them, so that no request meets a half-applied push. */
const ORDER: Record<ResourceType, number> = { cluster: 0, routes: 1, listener: 2 };

export class Applier {
  readonly #log: Log;
  readonly #state: State;
  readonly #fronts: Fronts;
  readonly #versions = new Map<string, string>();

  constructor(log: Log, state: State, fronts: Fronts) {
    this.#log = log;
    this.#state = state;
    this.#fronts = fronts;
  }

  versions(): Record<string, string> {
    return Object.fromEntries(this.#versions);
  }

  /** Resolves when the configuration holds and every new address has been tried. */
  async apply({ number, set, remove }: FromController & { type: 'push' }): Promise<FromProxy & { type: 'answer' }> {
    const refused = [];
    // Listeners go first and come last: an address may pass from one Service to another in one push.
    for (const id of remove) this.#remove(id);
    for (const versioned of set.toSorted((a, b) => ORDER[a.resource.type] - ORDER[b.resource.type])) {
      const reason = validate(versioned.resource) ?? this.#set(versioned);
      if (reason !== undefined) refused.push({ id: resourceId(versioned.resource), version: versioned.version, reason });
    }
    await this.#fronts.settled();
    if (refused.length > 0) this.#log.error({ refused }, 'configuration refused; the last good one stays');
    return { type: 'answer', number, refused, problems: this.#fronts.problems() };
  }

  #set({ version, resource }: Versioned): undefined {
    if (resource.type === 'listener') this.#fronts.set(resource);
    else this.#state.set(resource);
    this.#versions.set(resourceId(resource), version);
    return undefined;
  }

  #remove(id: string): void {
    const slash = id.indexOf('/');
    const type = id.slice(0, slash) as ResourceType;
    const name = id.slice(slash + 1);
    if (type === 'listener') this.#fronts.remove(name);
    else this.#state.remove(type, name);
    this.#versions.delete(id);
  }
}
