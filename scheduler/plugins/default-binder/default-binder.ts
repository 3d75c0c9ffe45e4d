/** Binds a pod to its node by asking the API server to; the request is made by the scheduler's loop, which knows the API. */
import type { Plugin } from '../../framework/plugin.ts';

export function defaultBinder(): Plugin {
  return {
    name: 'DefaultBinder',
    bind: ({ writes }) => writes.post(),
  };
}
