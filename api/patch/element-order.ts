/** The order of a merged list: what the patch names stands as the patch has it, the rest as the object had it. */
import { ELEMENT_ORDER, fault, noMergeKey, PATCH } from './directives.ts';
import { equal, goText, isObject } from './value.ts';

/** What tells elements apart: the value under the merge key, or of a primitive the element itself. */
export function identityOf(element: unknown, mergeKey: string | undefined): unknown {
  if (mergeKey === undefined) return element;
  if (!isObject(element) || !Object.hasOwn(element, mergeKey)) throw noMergeKey(element, mergeKey);
  return element[mergeKey];
}

/**
 * `wanted` is the order that the patch asks for and `before` the list as it was. Where both orders leave it open, an element that the patch
 * names comes first.
 */
export function orderElements(merged: unknown[], wanted: unknown[], before: unknown[], mergeKey: string | undefined): unknown[] {
  const wantedIds = wanted.map((one) => identityOf(one, mergeKey));
  const beforeIds = before.map((one) => identityOf(one, mergeKey));
  const place = (ids: unknown[], element: unknown) => indexOf(ids, identityOf(element, mergeKey));
  const named = merged.filter((one) => place(wantedIds, one) >= 0);
  const others = merged.filter((one) => place(wantedIds, one) < 0);
  named.sort((a, b) => place(wantedIds, a) - place(wantedIds, b));
  others.sort((a, b) => place(beforeIds, a) - place(beforeIds, b));
  const ordered: unknown[] = [];
  let at = 0;
  for (const other of others) {
    const mine = place(beforeIds, other);
    while (at < named.length) {
      const theirs = place(beforeIds, named[at]);
      if (mine >= 0 && theirs >= 0 && mine < theirs) break;
      ordered.push(named[at++]);
    }
    ordered.push(other);
  }
  return [...ordered, ...named.slice(at)];
}

function indexOf(ids: unknown[], id: unknown): number {
  const at = ids.indexOf(id);
  return at >= 0 || typeof id !== 'object' ? at : ids.findIndex((one) => equal(one, id));
}

/** The elements of the patch's list have to be in its $setElementOrder list, in that order. */
export function checkOrder(patchList: unknown[], order: unknown[], mergeKey: string | undefined): void {
  const kept = patchList.filter((one) => !isObject(one) || one[PATCH] !== 'delete');
  let at = 0;
  for (const wanted of order) {
    if (at < kept.length && equal(identityOf(kept[at], mergeKey), identityOf(wanted, mergeKey))) at++;
  }
  if (at < kept.length) {
    throw fault(`The order in patch list:\n${goText(patchList)}\n doesn't match ${ELEMENT_ORDER.slice(0, -1)} list:\n${goText(order)}\n`);
  }
}
