/** The definitions that the OpenAPI documents hold: those of the table of facts, and one for each custom kind. */
import type { Definition } from '../../types/facts/schemas.ts';
import type { Kind, Schema } from '../../types/kinds/kind.ts';

/** JSON of a document. */
export type Doc = Record<string, unknown>;

/** How one version of OpenAPI writes what the two write differently. */
export interface Dialect {
  reference(name: string): string;
  /** A property that refers to a definition and says more of it. */
  referring(reference: string, more: Doc): Doc;
  /** Definitions that are written by hand. */
  own: Record<string, Doc>;
  defaults: boolean;
}

const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';

export const V3: Dialect = {
  reference: (name) => `#/components/schemas/${name}`,
  referring: ($ref, more) => ({ ...more, allOf: [{ $ref }] }),
  own: {
    [INT_OR_STRING]: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
    [QUANTITY]: { oneOf: [{ type: 'string' }, { type: 'number' }] },
  },
  defaults: true,
};

export const V2: Dialect = {
  reference: (name) => `#/definitions/${name}`,
  referring: ($ref, more) => ({ ...more, $ref }),
  own: { [INT_OR_STRING]: { type: 'string', format: 'int-or-string' }, [QUANTITY]: { type: 'string' } },
  defaults: false,
};

/** The definition's name of a kind: built-in ones have it in their schema, custom ones get the group reversed. */
export function definitionName(kind: Kind): string {
  if (!kind.custom && kind.schema.id) return kind.schema.id;
  return `${kind.group.split('.').reverse().join('.')}.${kind.version}.${kind.kind}`;
}

/** A definition of the table, in a dialect. `seen` collects the names that it refers to. */
export function writeDefinition(name: string, raw: Definition, dialect: Dialect, seen: (name: string) => void): Doc {
  const own = dialect.own[name];
  if (own) return own;
  return writeNode(raw as Doc, dialect, seen, !name.includes('apiextensions'));
}

/** `wrap`: a property that refers to a definition is written as if it had a description, as all but the CRDs' own schemas have. */
function writeNode(raw: Doc, dialect: Dialect, seen: (name: string) => void, wrap: boolean): Doc {
  const { $ref, go: _go, default: preset, ...rest } = raw;
  const out: Doc = {};
  for (const [key, value] of Object.entries(rest)) {
    if (key === 'properties')
      out.properties = mapValues(value as Doc, (p, name) => writeProperty(p as Doc, dialect, seen, wrap || name === 'default'));
    else if ((key === 'items' || key === 'additionalProperties') && typeof value === 'object') {
      out[key] = writeNode(value as Doc, dialect, seen, wrap);
    } else out[key] = value;
  }
  if (preset !== undefined && dialect.defaults) out.default = preset;
  if (typeof $ref !== 'string') return out;
  seen($ref);
  const reference = dialect.reference($ref);
  return Object.keys(out).length === 0 ? { $ref: reference } : dialect.referring(reference, out);
}

function writeProperty(raw: Doc, dialect: Dialect, seen: (name: string) => void, wrap: boolean): Doc {
  const node = writeNode(raw, dialect, seen, wrap);
  return wrap && dialect.defaults && '$ref' in node ? { allOf: [node] } : node;
}

/** A custom kind's schema, with the metadata that all objects have. */
export function customDefinition(kind: Kind, dialect: Dialect, seen: (name: string) => void): Doc {
  const METADATA = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
  seen(METADATA);
  const schema = kind.schema as Schema;
  const properties = {
    ...schema.properties,
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: dialect.referring(dialect.reference(METADATA), {}),
  };
  const { id: _id, ...rest } = schema;
  const { group, version } = kind;
  return { ...rest, type: 'object', properties, 'x-kubernetes-group-version-kind': [{ group, version, kind: kind.kind }] };
}

const mapValues = (object: Doc, change: (value: unknown, key: string) => unknown): Doc =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
