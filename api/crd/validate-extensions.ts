/** The `x-kubernetes-*` keywords of a schema, but for its rules. */
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { forbiddenField, invalidField, requiredField, unsupportedField } from './fault.ts';

export function validateExtensions(schema: Schema, path: string, errors: FieldError[]): void {
  checkListType(schema, path, errors);
  checkMapType(schema, path, errors);
}

const LIST_TYPES = ['atomic', 'set', 'map'];

function checkListType(schema: Schema, path: string, errors: FieldError[]): void {
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'];
  const at = `${path}.x-kubernetes-list-type`;
  if (type === undefined) {
    if (keys?.length)
      errors.push(forbiddenField(`${path}.x-kubernetes-list-map-keys`, 'must be empty if x-kubernetes-list-type is not map'));
    return;
  }
  if (!LIST_TYPES.includes(type)) errors.push(unsupportedField(at, type, LIST_TYPES));
  if (schema.type !== 'array') {
    errors.push(invalidField(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'));
  }
  if (type === 'map') checkMapKeys(schema, path, keys, errors);
  else if (keys?.length)
    errors.push(forbiddenField(`${path}.x-kubernetes-list-map-keys`, 'must be empty if x-kubernetes-list-type is not map'));
  if (type === 'set' && schema.items) checkSetItems(schema.items, `${path}.items`, errors);
}

function checkSetItems(items: Schema, path: string, errors: FieldError[]): void {
  if (items.nullable) errors.push(forbiddenField(`${path}.nullable`, 'cannot be nullable when x-kubernetes-list-type is set'));
  if (items.type === 'array' && items['x-kubernetes-list-type'] !== undefined && items['x-kubernetes-list-type'] !== 'atomic') {
    const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    errors.push(invalidField(`${path}.x-kubernetes-list-type`, items['x-kubernetes-list-type'], why));
  }
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
    errors.push(invalidField(`${path}.x-kubernetes-map-type`, items['x-kubernetes-map-type'] ?? null, why));
  }
}

function checkMapKeys(schema: Schema, path: string, keys: string[] | undefined, errors: FieldError[]): void {
  if (!keys?.length) {
    errors.push(requiredField(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
    return;
  }
  const { items } = schema;
  if (!items) return;
  if (items.type !== 'object') {
    errors.push(invalidField(`${path}.items.type`, items.type ?? '', 'must be object if parent array x-kubernetes-list-type is map'));
    return;
  }
  for (const [i, key] of keys.entries()) {
    const property = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
    const at = `${path}.items.properties[${key}]`;
    if (!property) {
      const why = `entries must all be names of item properties`;
      errors.push(invalidField(`${path}.x-kubernetes-list-map-keys[${i}]`, key, why));
      continue;
    }
    if (property.type === 'array' || property.type === 'object') {
      errors.push(invalidField(`${at}.type`, property.type, 'must be a scalar type if parent array x-kubernetes-list-type is map'));
    }
    if (property.default === undefined && !items.required?.includes(key)) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push(requiredField(`${at}.default`, why));
    }
  }
  if (new Set(keys).size < keys.length) {
    errors.push(invalidField(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries'));
  }
}

function checkMapType(schema: Schema, path: string, errors: FieldError[]): void {
  const type = schema['x-kubernetes-map-type'];
  if (type === undefined) return;
  if (type !== 'atomic' && type !== 'granular')
    errors.push(unsupportedField(`${path}.x-kubernetes-map-type`, type, ['granular', 'atomic']));
  if (schema.type !== 'object') {
    errors.push(invalidField(`${path}.type`, schema.type ?? '', 'must be object if x-kubernetes-map-type is specified'));
  }
}
