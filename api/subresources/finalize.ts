/** `namespaces/NAME/finalize`: the only way to change spec.finalizers; when the last one goes from a dying namespace, so does the namespace. */
import { update } from '../verbs/update.ts';
import type { SubresourceVerbs } from './subresources.ts';

export const finalizeVerbs: SubresourceVerbs = { update };
