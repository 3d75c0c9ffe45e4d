/** The set of the fields that a value mentions (typed/tofieldset.go). */
import type { Json } from '../../types/kinds/kind.ts';
import { type FieldSet, SetBuilder } from './field-set.ts';
import { elementsOf } from './list-element.ts';
import { fieldElement } from './path-element.ts';
import { isMap, type ListType, type MapType, shapeOf, type Type } from './type.ts';

/** Items that have no place in their list are passed over: the value is expected to have been checked. */
export function toFieldSet(type: Type, value: Json): FieldSet {
  const builder = new SetBuilder();
  walk(type, value, builder);
  return builder.finish();
}

function walk(type: Type, value: Json, set: SetBuilder): void {
  const shape = shapeOf(type, value);
  if (shape === 'scalar') set.add();
  else if (shape === 'list') walkList(type.list as ListType, value, set);
  else walkMap(type.map as MapType, value, set);
}

function walkList(list: ListType, value: Json, set: SetBuilder): void {
  if (list.atomic) {
    set.add();
    return;
  }
  if (!Array.isArray(value)) return;
  const elements = elementsOf(list, value);
  elements.forEach((element, i) => {
    if (element === undefined) return;
    set.enter(element);
    set.add();
    // Of elements that are there more than once only the place is owned.
    const repeated = elements.indexOf(element) !== i || elements.lastIndexOf(element) !== i;
    if (!repeated) walk(list.element(), value[i] as Json, set);
    set.leave();
  });
}

function walkMap(map: MapType, value: Json, set: SetBuilder): void {
  if (map.atomic) {
    set.add();
    return;
  }
  if (!isMap(value)) return;
  for (const key of Object.keys(value)) {
    const child = value[key] as Json;
    const declared = map.field(key);
    const type = declared?.type ?? map.element();
    if (!type) continue;
    set.enter(declared?.element ?? fieldElement(key));
    walk(type, child, set);
    if (child === null || (isMap(child) && Object.keys(child).length === 0) || !declared) set.add();
    set.leave();
  }
}
