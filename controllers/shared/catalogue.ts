/** The server's resources, asked again when a CustomResourceDefinition changes and from time to time. */
import { type Discovered, discover } from '../../client/discovery.ts';
import { customResourceDefinitions } from '../../client/resources.ts';
import type { Env } from '../controller.ts';

export interface Catalogue {
  /** What is known, at most 30 s old, and newer than the last change of a CustomResourceDefinition. */
  read(): Promise<Discovered>;
  /** Called after each change of a CustomResourceDefinition. */
  onChange(run: () => void): void;
}

const MAX_AGE_MS = 30_000;

export function createCatalogue(env: Env): Catalogue {
  const { clock } = env.ctx;
  let known: Promise<Discovered> | undefined;
  let asked = 0;
  const listeners: (() => void)[] = [];
  const changed = () => {
    known = undefined;
    for (const listener of listeners) listener();
  };
  env.informers.for(customResourceDefinitions).handle({ add: changed, update: changed, remove: changed });
  return {
    onChange: (run) => void listeners.push(run),
    read: () => {
      if (known && clock.monotonic() - asked < MAX_AGE_MS) return known;
      asked = clock.monotonic();
      const asking = discover(env.client);
      known = asking;
      // A failure is not kept.
      asking.catch(() => {
        if (known === asking) known = undefined;
      });
      return asking;
    },
  };
}
