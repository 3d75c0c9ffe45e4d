/** Discovery documents and recorded Tables to the table's list of served kinds. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Raw } from './schemas.ts';

/** Verbs are left out where they are the usual eight, words where they are what one would guess. */
export interface ServedKind {
  group: string;
  version: string;
  kind: string;
  plural: string;
  singular: string;
  namespaced: boolean;
  shortNames?: string[];
  categories?: string[];
  verbs?: string[];
  /** `[name, verbs, kind, group, version]`, group and version only where they differ from the resource's own. */
  subresources?: [name: string, verbs: string[], kind: string, group?: string, version?: string][];
  /** The definition's name. */
  schema: string;
  /** `[name, type, format, priority]` */
  columns?: [name: string, type: string, format: string, priority: number][];
  /** Of legacy discovery: opaque, shown as recorded. */
  storageVersionHash?: string;
}

export const USUAL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];

const read = (file: string): Raw => JSON.parse(readFileSync(file, 'utf8'));

/** In the order in which discovery lists groups and resources. */
export function servedKinds(dir: string, definitions: Record<string, Raw>): ServedKind[] {
  const schemas = schemasByKind(definitions);
  const kinds: ServedKind[] = [];
  for (const file of ['aggregated-api.json', 'aggregated-apis.json']) {
    for (const group of read(join(dir, 'discovery', file)).items) {
      for (const version of group.versions) {
        for (const resource of version.resources) {
          kinds.push(servedKind(dir, schemas, group.metadata.name ?? '', version.version, resource));
        }
      }
    }
  }
  return kinds;
}

function servedKind(dir: string, schemas: Map<string, string>, group: string, version: string, resource: Raw): ServedKind {
  const path = group ? `apis__${group}__${version}` : `api__${version}`;
  const schema = schemas.get(`${group}/${version}/${resource.responseKind.kind}`);
  if (!schema) throw new Error(`no schema for ${resource.responseKind.kind} of ${group}/${version}`);
  const out: ServedKind = {
    group,
    version,
    kind: resource.responseKind.kind,
    plural: resource.resource,
    singular: resource.singularResource,
    namespaced: resource.scope === 'Namespaced',
    schema,
  };
  if (resource.shortNames) out.shortNames = resource.shortNames;
  if (resource.categories) out.categories = resource.categories;
  if (resource.verbs.join() !== USUAL_VERBS.join()) out.verbs = resource.verbs;
  if (resource.subresources) {
    out.subresources = resource.subresources.map((s: Raw) => [
      s.subresource,
      s.verbs,
      s.responseKind.kind,
      ...(s.responseKind.version ? [s.responseKind.group, s.responseKind.version] : []),
    ]);
  }
  const legacy = read(join(dir, 'discovery', `${path}.json`)).resources.find((r: Raw) => r.name === resource.resource);
  if (legacy?.storageVersionHash) out.storageVersionHash = legacy.storageVersionHash;
  const table = join(dir, 'tables', `${path}__${resource.resource}.json`);
  if (existsSync(table)) {
    out.columns = read(table).columnDefinitions.map((c: Raw) => [c.name, c.type, c.format, c.priority]);
  }
  return out;
}

function schemasByKind(definitions: Record<string, Raw>): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, definition] of Object.entries(definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      names.set(`${group}/${version}/${kind}`, name);
    }
  }
  return names;
}
