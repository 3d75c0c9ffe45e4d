/** The built-in kinds: every kind that Kubernetes 1.36 serves by default, made of the table of facts and the few things that are code. */
import { type Facts, readFacts } from '../facts/facts.ts';
import { type ServedKind, USUAL_VERBS } from '../facts/served.ts';
import { cellsOf } from './columns/cells.ts';
import { describeColumn } from './columns/descriptions.ts';
import { fieldSelectorsOf } from './field-selectors.ts';
import { groupResource, type Kind, type Schema, type Subresource } from './kind.ts';
import { createLinker, type Linker } from './link.ts';

/** Kinds whose objects another group or version stores: `group/plural` to the one that does. */
const STORED_AS: Record<string, { group: string; version: string }> = {
  'events.k8s.io/v1/events': { group: '', version: 'v1' },
  'autoscaling/v1/horizontalpodautoscalers': { group: 'autoscaling', version: 'v2' },
};

const DEPRECATED: Record<string, string> = {
  '/v1/endpoints': 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  '/v1/componentstatuses': 'v1 ComponentStatus is deprecated in v1.19+',
};

/** Every built-in kind, in the order in which discovery lists them. Schemas are linked when first asked for. */
export function builtinKinds(): Kind[] {
  const facts = readFacts();
  const linker = createLinker(facts.definitions);
  return facts.kinds.map((served) => kindOf(served, linker));
}

/** The linked schema of any definition of Kubernetes (DeleteOptions, Scale, Status), by its full name. Throws when there is none. */
export function builtinDefinitions(): Linker & { names(): string[] } {
  const facts: Facts = readFacts();
  return { ...createLinker(facts.definitions), names: () => Object.keys(facts.definitions) };
}

function kindOf(served: ServedKind, linker: Linker): Kind {
  const { group, version, kind, plural } = served;
  const storageVersion = STORED_AS[`${group}/${version}/${plural}`];
  let schema: Schema | undefined;
  const result: Kind = {
    group,
    version,
    kind,
    listKind: `${kind}List`,
    plural,
    singular: served.singular,
    namespaced: served.namespaced,
    shortNames: served.shortNames ?? [],
    categories: served.categories ?? [],
    verbs: served.verbs ?? USUAL_VERBS,
    subresources: (served.subresources ?? []).map(subresourceOf),
    get schema() {
      schema ??= linker.definition(served.schema);
      return schema;
    },
    columns: (served.columns ?? []).map(([name, type, format, priority]) => ({
      name,
      type: type as 'string',
      format,
      description: describeColumn(name),
      priority,
    })),
    cells: cellsOf(group, version, kind),
    storage: groupResource({ group: storageVersion?.group ?? group, plural }),
    fieldSelectors: fieldSelectorsOf(group, plural),
    custom: false,
  };
  const deprecation = DEPRECATED[`${group}/${version}/${plural}`];
  if (deprecation) result.deprecationWarning = deprecation;
  if (storageVersion) result.storageVersion = storageVersion;
  if (served.storageVersionHash) result.storageVersionHash = served.storageVersionHash;
  return result;
}

function subresourceOf([name, verbs, kind, group, version]: NonNullable<ServedKind['subresources']>[number]): Subresource {
  return version === undefined ? { name, verbs, kind } : { name, verbs, kind, group: group ?? '', version };
}
