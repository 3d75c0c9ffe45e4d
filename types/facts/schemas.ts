/** OpenAPI documents to the table's definitions: no prose, references by name, the Go facts of each property in one short string. */
import type { GoField, GoPackages } from './go-fields.ts';

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON of any shape
export type Raw = any;
/** As `Schema` of kinds/kind.ts but not linked: `$ref` is a definition's name, `go` is `[*][!][type]` (pointer, always written, type). */
export type Definition = Record<string, Raw>;

const PRESERVED = [
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Patch',
  'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray',
];

/** `second` (OpenAPI v2) gives the patch keywords that `first` (v3) may lack. */
export function compactDefinitions(first: Record<string, Raw>, second: Record<string, Raw>, go: GoPackages | undefined) {
  const out: Record<string, Definition> = {};
  for (const name of Object.keys(first).sort()) {
    const definition = compact(first[name], second[name]);
    if (PRESERVED.includes(name)) definition['x-kubernetes-preserve-unknown-fields'] = true;
    if (definition.format === 'int-or-string') {
      definition['x-kubernetes-int-or-string'] = true;
      delete definition.oneOf;
    }
    if (name.endsWith('.Quantity')) definition.format = 'quantity';
    if (name.endsWith('.MicroTime')) definition.format = 'micro-time';
    const gvk = first[name]['x-kubernetes-group-version-kind'];
    if (gvk?.length === 1) definition['x-kubernetes-group-version-kind'] = gvk;
    out[name] = definition;
  }
  if (go) for (const name of Object.keys(out)) addGoFacts(out, name, go.fields(name));
  return out;
}

function compact(raw: Raw, other: Raw): Definition {
  const out: Definition = {};
  const ref = raw.$ref ?? (raw.allOf?.length === 1 ? raw.allOf[0].$ref : undefined);
  if (ref) out.$ref = ref.split('/').at(-1);
  for (const key of ['type', 'format', 'enum', 'default', 'oneOf', 'required']) if (raw[key] !== undefined) out[key] = raw[key];
  for (const source of [other, raw]) {
    for (const key of Object.keys(source ?? {})) {
      if (key.startsWith('x-kubernetes-') && key !== 'x-kubernetes-group-version-kind') out[key] = source[key];
    }
  }
  if (raw.items) out.items = compact(raw.items, other?.items);
  if (raw.additionalProperties) out.additionalProperties = compact(raw.additionalProperties, other?.additionalProperties);
  if (raw.properties) {
    out.properties = {};
    for (const name of Object.keys(raw.properties)) out.properties[name] = compact(raw.properties[name], other?.properties?.[name]);
  }
  return out;
}

function addGoFacts(definitions: Record<string, Definition>, name: string, fields: Map<string, GoField> | undefined): void {
  for (const [key, property] of Object.entries(definitions[name]?.properties ?? {}) as [string, Definition][]) {
    const field = fields?.get(key);
    if (!field) continue;
    // omitempty does nothing for a struct that is no pointer; only the schema tells that a named type is one.
    const struct = property.$ref && definitions[property.$ref]?.type === 'object';
    const always = field.always || (struct && !field.pointer && property.default !== undefined);
    const text = `${field.pointer ? '*' : ''}${always ? '!' : ''}${field.type === plainType(property) ? '' : field.type}`;
    if (text) property.go = text;
  }
}

/** The Go type that a schema without further facts stands for. */
export function plainType(schema: Definition): string {
  if (schema.$ref) return schema.$ref.split('.').slice(-2).join('.');
  if (schema.type === 'array') return `[]${plainType(schema.items ?? {})}`;
  if (schema.type === 'object') return `map[string]${plainType(schema.additionalProperties ?? {})}`;
  if (schema.type === 'string') return schema.format === 'byte' ? '[]uint8' : 'string';
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'number') return 'float64';
  return schema.type === 'boolean' ? 'bool' : 'interface {}';
}
