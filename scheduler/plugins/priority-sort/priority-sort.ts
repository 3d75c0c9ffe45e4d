/** The higher priority goes first; among equals, the one that has waited longer. */
import type { Plugin } from '../../framework/plugin.ts';

export function prioritySort(): Plugin {
  return {
    name: 'PrioritySort',
    compare: (a, b) => b.priority - a.priority || a.queuedAt - b.queuedAt,
  };
}
