/** The subresources: which verbs of them are served, and by what. A kind's own entry goes before the one for all kinds. */
import type { Kind } from '../../types/kinds/kind.ts';
import { groupResource } from '../../types/kinds/kind.ts';
import type { Verb } from '../verbs/verbs.ts';

/** By verb. */
export type SubresourceVerbs = Partial<Record<string, Verb>>;

export interface Subresources {
  find(kind: Kind, subresource: string, verb: string): Verb | undefined;
}

/** `table` is keyed by `plural.group/subresource`, or by the subresource alone for every kind that has it. */
export function createSubresources(table: Record<string, SubresourceVerbs>): Subresources {
  return {
    find: (kind, subresource, verb) => {
      const own = table[`${groupResource(kind)}/${subresource}`] ?? table[subresource];
      return own?.[verb];
    },
  };
}
