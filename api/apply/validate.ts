/** Whether a value is of a type; the messages are those of structured-merge-diff (typed/validate.go). */
import type { Json } from '../../types/kinds/kind.ts';
import { goSyntax, goText, goTypeName } from './go-text.ts';
import { ElementError, elementOf } from './list-element.ts';
import { fieldElement, indexElement, showElement } from './path-element.ts';
import { isMap, type ListType, type MapType, shapeOf, type Type, typeOfKey } from './type.ts';

interface Fault {
  path: string;
  message: string;
}

/** What is wrong with a value, as one text; undefined when nothing is. */
export function typeFaults(type: Type, value: Json): string | undefined {
  const faults: Fault[] = [];
  check(type, value, '', faults);
  if (faults.length === 0) return undefined;
  const texts = faults.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return texts.length === 1 ? texts[0] : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n');
}

function check(type: Type, value: Json, path: string, faults: Fault[]): void {
  const shape = shapeOf(type, value);
  if (shape === 'map') checkMap(type.map as MapType, value, path, faults);
  else if (shape === 'list') checkList(type.list as ListType, value, path, faults);
  else checkScalar(type.scalar as NonNullable<Type['scalar']>, value, path, faults);
}

function checkScalar(scalar: NonNullable<Type['scalar']>, value: Json, path: string, faults: Fault[]): void {
  if (value === null) return;
  const fault = (message: string) => faults.push({ path, message });
  if (scalar === 'numeric' && typeof value !== 'number') fault(`expected numeric (int or float), got ${goTypeName(value)}`);
  if (scalar === 'string' && typeof value !== 'string') fault(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`);
  if (scalar === 'boolean' && typeof value !== 'boolean') fault(`expected boolean, got &{${goText(value)}}`);
  if (scalar === 'untyped' && typeof value === 'object') fault(`expected any scalar, got &{${goText(value)}}`);
}

function checkMap(map: MapType, value: Json, path: string, faults: Fault[]): void {
  if (value === null) return;
  if (!isMap(value)) {
    faults.push({ path, message: `expected map, got &{${goText(value)}}` });
    return;
  }
  for (const key of Object.keys(value)) {
    const type = typeOfKey(map, key);
    const at = `${path}${showElement(fieldElement(key))}`;
    if (!type) {
      faults.push({ path: at, message: 'field not declared in schema' });
      return;
    }
    check(type, value[key] as Json, at, faults);
  }
}

function checkList(list: ListType, value: Json, path: string, faults: Fault[]): void {
  if (value === null) return;
  if (!Array.isArray(value)) {
    faults.push({ path, message: `expected list, got &{${goText(value)}}` });
    return;
  }
  const seen = new Set<string>();
  for (let i = 0; i < value.length; i++) {
    const item = value[i] as Json;
    let element = indexElement(i);
    if (!list.atomic) {
      try {
        element = elementOf(list, item);
      } catch (error) {
        if (!(error instanceof ElementError)) throw error;
        faults.push({ path, message: `element ${i}: ${error.message}` });
        return;
      }
      if (seen.has(element)) faults.push({ path, message: `duplicate entries for key ${showElement(element)}` });
      seen.add(element);
    }
    check(list.element(), item, `${path}${showElement(element)}`, faults);
  }
}
