/**
 * What a schema has to be like to be structural (k8s.io/apiextensions-apiserver: validation.go and pkg/apiserver/schema): every value has a
 * known type, and junctors only add conditions.
 */
import type { Schema } from '../../types/kinds/kind.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { forbiddenField, invalidField, requiredField, unsupportedField } from './fault.ts';
import { compilePattern } from './pattern.ts';
import { hasShape } from './schema-shape.ts';
import { isEmbedded, isObject, preservesUnknown, TYPES } from './structural.ts';
import { validateDefault } from './validate-default.ts';
import { validateExtensions } from './validate-extensions.ts';
import { validateRules } from './validate-rules.ts';

/** Where a schema stands, which decides whether it needs a type. */
type Place = 'root' | 'property' | 'item';

const NO_TYPE: Record<Place, string> = {
  root: 'must not be empty at the root',
  property: 'must not be empty for specified object fields',
  item: 'must not be empty for specified array items',
};

export function validateSchema(schema: Schema, path: string, errors: FieldError[]): void {
  check(schema, path, 'root', errors);
  validateRules(schema, path, errors);
  if (schema.type && schema.type !== 'object') errors.push(invalidField(`${path}.type`, schema.type, 'must be object at the root'));
  const metadata = schema.properties?.metadata;
  if (metadata) checkMetadata(metadata, `${path}.properties[metadata]`, errors);
}

function check(schema: Schema, path: string, place: Place, errors: FieldError[]): void {
  const before = errors.length;
  // What is said of a list looks at its items as well.
  if (!hasShape(schema, path, errors) || (schema.items && !hasShape(schema.items, `${path}.items`, errors))) return;
  checkForbidden(schema, path, errors);
  checkType(schema, path, place, errors);
  checkPattern(schema, path, errors);
  validateExtensions(schema, path, errors);
  checkJunctors(schema, path, errors);
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    check(property, `${path}.properties[${name}]`, 'property', errors);
  const { items, additionalProperties } = schema;
  if (items) check(items, `${path}.items`, 'item', errors);
  if (isObject(additionalProperties)) check(additionalProperties, `${path}.additionalProperties`, 'property', errors);
  // Only a good schema can be compiled.
  if (schema.default !== undefined && errors.length === before) validateDefault(schema, `${path}.default`, errors);
}

function checkForbidden(schema: Schema, path: string, errors: FieldError[]): void {
  if (schema.$ref) errors.push(forbiddenField(`${path}.$ref`, '$ref is not supported'));
  if (schema.uniqueItems === true) {
    errors.push(forbiddenField(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  }
  for (const keyword of ['definitions', 'dependencies', 'patternProperties', 'id', 'additionalItems', '$schema']) {
    if (schema[keyword] !== undefined) errors.push(forbiddenField(`${path}.${keyword}`, `${keyword} is not supported`));
  }
  if (schema.properties && schema.additionalProperties !== undefined && schema.additionalProperties !== false) {
    errors.push(forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
  }
}

function checkType(schema: Schema, path: string, place: Place, errors: FieldError[]): void {
  const { type } = schema;
  const either = schema['x-kubernetes-int-or-string'] === true;
  if (!type) {
    const free = either || preservesUnknown(schema);
    if (!free || place === 'root') errors.push(requiredField(`${path}.type`, NO_TYPE[place]));
  } else if (!TYPES.includes(type)) errors.push(unsupportedField(`${path}.type`, type, TYPES));
  if (type === 'array' && !schema.items) errors.push(requiredField(`${path}.items`, 'must be specified'));
  if (isEmbedded(schema)) {
    if (!schema.properties && !preservesUnknown(schema)) {
      const why = 'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
      errors.push(requiredField(`${path}.properties`, why));
    }
    if (type !== 'object')
      errors.push(invalidField(`${path}.type`, type ?? '', 'must be object if x-kubernetes-embedded-resource is true'));
  }
}

function checkPattern({ pattern }: Schema, path: string, errors: FieldError[]): void {
  if (typeof pattern !== 'string' || compilePattern(pattern)) return;
  const why = `must be a valid regular expression, but isn't: error parsing regexp: ${patternFault(pattern)}`;
  errors.push(invalidField(`${path}.pattern`, pattern, why));
}

/** The commonest faults in RE2's words. */
function patternFault(pattern: string): string {
  const bracket = pattern.lastIndexOf('[');
  if (bracket >= 0 && !pattern.slice(bracket).includes(']')) return `missing closing ]: \`${pattern.slice(bracket)}\``;
  if (pattern.endsWith('\\')) return 'trailing backslash at end of expression: ``';
  const open = pattern.split('(').length - pattern.split(')').length;
  if (open !== 0) return open > 0 ? `missing closing ): \`${pattern}\`` : `unexpected ): \`${pattern}\``;
  return `missing argument to repetition operator: \`${/[*+?]+/.exec(pattern)?.[0] ?? pattern}\``;
}

const JUNCTORS = ['allOf', 'anyOf', 'oneOf'] as const;

function checkJunctors(schema: Schema, path: string, errors: FieldError[]): void {
  const either = schema['x-kubernetes-int-or-string'] === true;
  for (const junctor of JUNCTORS) {
    const branches = schema[junctor];
    if (!Array.isArray(branches)) continue;
    for (const [i, branch] of (branches as Schema[]).entries()) checkBranch(branch, `${path}.${junctor}[${i}]`, either, errors);
  }
  if (schema.not) checkBranch(schema.not as Schema, `${path}.not`, false, errors);
}

/** Keywords that say what a value is, and so have to stand outside of junctors. */
const EMPTY = ['description', 'type', 'title', 'nullable'];
const UNDEFINED = ['default', 'additionalProperties'];
const EXTENSIONS = [
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
];

/** `either`: `anyOf: [{type: integer}, {type: string}]` is how int-or-string is allowed to be spelt out. */
function checkBranch(branch: Schema, path: string, either: boolean, errors: FieldError[]): void {
  if (!hasShape(branch, path, errors)) return;
  for (const keyword of EMPTY) {
    if (branch[keyword] && !(keyword === 'type' && either))
      errors.push(forbiddenField(`${path}.${keyword}`, 'must be empty to be structural'));
  }
  for (const keyword of UNDEFINED) {
    if (branch[keyword] !== undefined) errors.push(forbiddenField(`${path}.${keyword}`, 'must be undefined to be structural'));
  }
  for (const keyword of EXTENSIONS) {
    if (branch[keyword]) errors.push(forbiddenField(`${path}.${keyword}`, 'must be false to be structural'));
  }
  checkJunctors(branch, path, errors);
  if (branch.items) checkBranch(branch.items, `${path}.items`, false, errors);
  for (const [name, property] of Object.entries(branch.properties ?? {}))
    checkBranch(property, `${path}.properties[${name}]`, false, errors);
}

/** The object's own metadata is known; a schema may only narrow the name. */
function checkMetadata(metadata: Schema, path: string, errors: FieldError[]): void {
  const { type, properties, description: _, ...rest } = metadata;
  const others = Object.keys(properties ?? {}).filter((name) => name !== 'name' && name !== 'generateName');
  if (type !== 'object') errors.push(invalidField(`${path}.type`, type ?? '', 'must be object'));
  if (others.length > 0 || Object.keys(rest).length > 0) {
    errors.push(forbiddenField(path, 'must not specify anything other than name and generateName, but metadata is implicitly specified'));
  }
}
