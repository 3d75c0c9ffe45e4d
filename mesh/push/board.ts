/** What is published: every resource with its version, and who has taken it. Equal values publish nothing. */
import { createHash } from 'node:crypto';
import { type ResourceConfig, resourceId } from '../config/resource.ts';
import type { Versioned } from './protocol.ts';

export interface Delta {
  set: Versioned[];
  /** Ids. */
  remove: string[];
}

export class Board {
  readonly #published = new Map<string, Versioned>();

  /** Takes in new values and the ids of those that are no more; returns what really changed. */
  change(set: ResourceConfig[], remove: string[]): Delta {
    const delta: Delta = { set: [], remove: remove.filter((id) => this.#published.delete(id)) };
    for (const resource of set) {
      const id = resourceId(resource);
      const version = versionOf(resource);
      if (this.#published.get(id)?.version === version) continue;
      const versioned = { version, resource };
      this.#published.set(id, versioned);
      delta.set.push(versioned);
    }
    return delta;
  }

  /** What someone who has these versions lacks. */
  since(versions: Record<string, string>): Delta {
    const set = [...this.#published].filter(([id, { version }]) => versions[id] !== version).map(([, versioned]) => versioned);
    return { set, remove: Object.keys(versions).filter((id) => !this.#published.has(id)) };
  }

  version(id: string): string | undefined {
    return this.#published.get(id)?.version;
  }
}

/** Twelve hex digits: short enough to read, and two contents of one resource don't share them by chance. */
function versionOf(resource: ResourceConfig): string {
  return createHash('sha1').update(JSON.stringify(resource)).digest('hex').slice(0, 12);
}
