/** A kind as data: everything that the API machinery needs to know to serve it. Built-in kinds and CRDs become the same thing. */

/** Any value of JSON. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * An OpenAPI v3 schema, linked: no `$ref` remains, a named definition is one shared node (with its `id`), and the graph may have cycles
 * (JSONSchemaProps). The `x-kubernetes-*` names are kept, since CRDs are written with them.
 */
export interface Schema {
  /** The definition's name where it has one: `io.k8s.api.core.v1.PodSpec`. */
  id?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  format?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: Schema | boolean;
  enum?: Json[];
  default?: Json;
  description?: string;
  nullable?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  /** `merge`, `replace`, `retainKeys`, or two with a comma. */
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  /** The rest of what a CRD's schema may say (minimum, pattern, oneOf, x-kubernetes-validations, …). */
  [keyword: string]: unknown;
}

/** A column of the Table that kubectl prints. */
export interface Column {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  format: string;
  description: string;
  /** 0: always shown; 1: with `-o wide`. */
  priority: number;
}

export interface Subresource {
  /** `status`, `scale`, `binding`, … */
  name: string;
  verbs: string[];
  /** What travels through it where that is not the kind itself (autoscaling/v1 Scale, policy/v1 Eviction). */
  group?: string;
  version?: string;
  kind: string;
}

/** Where a custom kind's scale subresource finds its numbers, as JSON paths (`.spec.replicas`). */
export interface ScalePaths {
  specReplicasPath: string;
  statusReplicasPath: string;
  labelSelectorPath?: string;
}

/** One served version of one kind. */
export interface Kind {
  group: string;
  version: string;
  kind: string;
  listKind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  /** As discovery lists them. Kinds that are not stored (TokenReview, …) have `create` alone. */
  verbs: string[];
  subresources: Subresource[];
  schema: Schema;
  columns: Column[];
  /** The cells of one row, in the order of `columns`; a date is its RFC 3339 text (the API server turns it into an age). `now` in ms. */
  cells(object: Record<string, unknown>, now: number): Json[];
  /** The store's resource that its objects are kept in: `pods`, `deployments.apps`. Two versions of a kind, and both event APIs, share one. */
  storage: string;
  /** The version whose form is stored, when it is not this one. */
  storageVersion?: { group: string; version: string };
  /** Field selectors beyond metadata.name and metadata.namespace: the value that each path has for an object. */
  fieldSelectors: Record<string, (object: Record<string, unknown>) => string>;
  /** Of a custom kind. */
  scale?: ScalePaths;
  custom: boolean;
  /** The text of the Warning header of every answer about a kind that is on its way out. */
  deprecationWarning?: string;
  /** Of legacy discovery: opaque to clients. */
  storageVersionHash?: string;
}

/** `deployments.apps`, `pods`: how a kind is named in error messages and in the store. */
export function groupResource(kind: { group: string; plural: string }): string {
  return kind.group ? `${kind.plural}.${kind.group}` : kind.plural;
}
