import type { Schema } from '../../types/kinds/kind.ts';

/** Whether a schema has rules in CEL (`x-kubernetes-validations`) anywhere. */
export function hasRules(schema: Schema): boolean {
  const rules = schema['x-kubernetes-validations'];
  if (Array.isArray(rules) && rules.length > 0) return true;
  const { items, additionalProperties, properties } = schema;
  if (items && hasRules(items)) return true;
  if (typeof additionalProperties === 'object' && additionalProperties && hasRules(additionalProperties)) return true;
  return Object.values(properties ?? {}).some(hasRules);
}
