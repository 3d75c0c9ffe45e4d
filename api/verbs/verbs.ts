/** The verbs by name, as RequestInfo names them. */
import type { Answer, StreamAnswer } from '../http/answer.ts';
import type { Call } from './call.ts';
import { create } from './create.ts';
import { deleteOne } from './delete.ts';
import { deleteCollection } from './delete-collection.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { patch } from './patch.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

export type Verb = (call: Call) => Promise<Answer | StreamAnswer>;

export const VERBS: Record<string, Verb> = {
  create,
  get,
  list,
  watch,
  update,
  patch,
  delete: deleteOne,
  deletecollection: deleteCollection,
};
