/** Which element of a list an item is (typed/helpers.go). */
import type { Json } from '../../types/kinds/kind.ts';
import { keyElement, valueElement } from './path-element.ts';
import { isMap, type ListType } from './type.ts';

/** Throws `ElementError` for an item that has no place in such a list. `list` must not be atomic. */
export function elementOf(list: ListType, item: Json): string {
  return list.keys.length > 0 ? byKeys(list, item) : byValue(item);
}

export class ElementError extends Error {
  override name = 'ElementError';
}

function byKeys(list: ListType, item: Json): string {
  if (item === null) throw new ElementError('associative list with keys may not have a null element');
  if (!isMap(item)) throw new ElementError('associative list with keys may not have non-map elements');
  const { keys, defaults } = list;
  const values: (Json | undefined)[] = [];
  let any = false;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as string;
    const value = Object.hasOwn(item, key) ? item[key] : defaults[i];
    if (value !== undefined) any = true;
    values.push(value);
  }
  if (!any) {
    const names = keys.map((key) => JSON.stringify(key)).join(' ');
    throw new ElementError(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    );
  }
  return keyElement(keys, values);
}

function byValue(item: Json): string {
  if (item === null) throw new ElementError("associative list without keys has an element that's an explicit null");
  if (Array.isArray(item)) throw new ElementError('not supported: associative list with lists as elements');
  if (isMap(item)) throw new ElementError("associative list without keys has an element that's a map type");
  return valueElement(item);
}

/** The items by element, in order; `undefined` for items without one. */
export function elementsOf(list: ListType, items: readonly Json[]): (string | undefined)[] {
  return items.map((item) => {
    try {
      return elementOf(list, item);
    } catch (error) {
      if (error instanceof ElementError) return undefined;
      throw error;
    }
  });
}
