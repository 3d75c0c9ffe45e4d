/** `status` and whatever else travels as the object itself: the usual verbs, which know by the subresource what may change. */
import { get } from '../verbs/get.ts';
import { patch } from '../verbs/patch.ts';
import { update } from '../verbs/update.ts';
import type { SubresourceVerbs } from './subresources.ts';

export const objectVerbs: SubresourceVerbs = { get, update, patch };
