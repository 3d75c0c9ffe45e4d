/** The names that Go's types have in decode errors. */
import type { Schema } from '../../types/kinds/kind.ts';

/** `v1.PodSpec`, `[]v1.Container`, `map[string]string`, `int32`. */
export function goType(schema: Schema): string {
  const named = schema['x-go-type'];
  if (typeof named === 'string') return named;
  if (schema.id) return schema.id.split('.').slice(-2).join('.');
  switch (schema.type) {
    case 'array':
      return `[]${goType(schema.items ?? {})}`;
    case 'object':
      return `map[string]${goType(typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {})}`;
    case 'string':
      return schema.format === 'byte' ? '[]uint8' : 'string';
    case 'integer':
      return schema.format ?? 'int64';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    default:
      return 'interface {}';
  }
}

/** `PodSpec` */
export function structName(schema: Schema): string {
  return schema.id?.split('.').at(-1) ?? '';
}
