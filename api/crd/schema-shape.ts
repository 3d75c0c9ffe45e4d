/**
 * The types of a schema's own keywords. What stands under `items` and `additionalProperties` may be of several types, so that decoding a CRD
 * leaves it alone.
 */
import type { FieldError } from '../kinds/strategy.ts';
import { forbiddenField, invalidField } from './fault.ts';
import { isObject } from './structural.ts';

type Check = (value: unknown) => boolean;

const string: Check = (value) => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const boolean: Check = (value) => typeof value === 'boolean';
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

const CHECKS: Record<string, [type: string, check: Check]> = {
  ...Object.fromEntries(['type', 'format', 'pattern', 'title', 'description'].map((word) => [word, ['string', string]])),
  ...Object.fromEntries(
    ['minimum', 'maximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].map((word) => [
      word,
      ['number', number],
    ]),
  ),
  ...Object.fromEntries(
    [
      'nullable',
      'uniqueItems',
      'exclusiveMinimum',
      'exclusiveMaximum',
      'x-kubernetes-int-or-string',
      'x-kubernetes-preserve-unknown-fields',
      'x-kubernetes-embedded-resource',
    ].map((word) => [word, ['boolean', boolean]]),
  ),
  required: ['list of strings', listOf(string)],
  enum: ['list', Array.isArray],
  'x-kubernetes-list-type': ['string', string],
  'x-kubernetes-map-type': ['string', string],
  'x-kubernetes-list-map-keys': ['list of strings', listOf(string)],
  'x-kubernetes-validations': ['list of objects', listOf(isObject)],
  properties: ['object of schemas', (value) => isObject(value) && Object.values(value).every(isObject)],
  additionalProperties: ['schema or boolean', (value) => isObject(value) || typeof value === 'boolean'],
  items: ['schema', isObject],
  not: ['schema', isObject],
  allOf: ['list of schemas', listOf(isObject)],
  anyOf: ['list of schemas', listOf(isObject)],
  oneOf: ['list of schemas', listOf(isObject)],
};

/** Whether the keywords can be used; if not, says which can't. A null counts as absent. */
export function hasShape(schema: Record<string, unknown>, path: string, errors: FieldError[]): boolean {
  const before = errors.length;
  if (Array.isArray(schema.items)) {
    errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
    return false;
  }
  for (const [keyword, value] of Object.entries(schema)) {
    const [type, check] = (Object.hasOwn(CHECKS, keyword) && CHECKS[keyword]) || [];
    if (check && value !== null && value !== undefined && !check(value)) {
      errors.push(invalidField(`${path}.${keyword}`, value, `must be of type ${type}`));
    }
  }
  return errors.length === before;
}
