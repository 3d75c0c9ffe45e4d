/** A version of a CustomResourceDefinition as a kind that the engine serves. */
import type { Kind, Schema, Subresource } from '../../types/kinds/kind.ts';
import { tableOf, textOf } from './columns.ts';
import { type Crd, type CrdVersion, crdStorage } from './definition.ts';
import { compileJsonPath } from './json-path.ts';

/** In the order in which Kubernetes lists them for custom kinds. */
const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const SUBRESOURCE_VERBS = ['get', 'patch', 'update'];

/** What the custom kinds' strategy needs to know besides. */
export interface CustomKind extends Kind {
  custom: true;
  /** Of the version that is stored, when it is not this one: what that does not know is not kept. */
  storageSchema?: Schema;
  /** A text for the Warning header of every request. */
  deprecation?: string;
}

export const isCustom = (kind: Kind): kind is CustomKind => kind.custom;

/** Every served version, the one that clients should prefer first. */
export function toKinds(crd: Crd): CustomKind[] {
  return servedVersions(crd).map((version) => toKind(crd, version));
}

/** With webhook conversion, which there is none of, only what is stored can be served. */
function servedVersions(crd: Crd): CrdVersion[] {
  const served = crd.spec.versions.filter((version) => version.served);
  const usable = crd.spec.conversion?.strategy === 'Webhook' ? served.filter((version) => version.storage) : served;
  return usable.sort((a, b) => compareVersions(a.name, b.name));
}

export function toKind(crd: Crd, version: CrdVersion): CustomKind {
  const { group, names, scope } = crd.spec;
  const accepted = { ...names, ...crd.status?.acceptedNames };
  const stored = crd.spec.versions.find((one) => one.storage);
  const kind: CustomKind = {
    group,
    version: version.name,
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    namespaced: scope === 'Namespaced',
    shortNames: accepted.shortNames ?? [],
    categories: names.categories ?? [],
    verbs: VERBS,
    subresources: subresourcesOf(version, names.kind),
    schema: version.schema?.openAPIV3Schema ?? {},
    ...tableOf(version.additionalPrinterColumns),
    storage: crdStorage(crd),
    fieldSelectors: selectorsOf(version),
    custom: true,
  };
  if (stored && stored !== version) {
    kind.storageVersion = { group, version: stored.name };
    kind.storageSchema = stored.schema?.openAPIV3Schema ?? {};
  }
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = version.subresources?.scale ?? {};
  if (specReplicasPath && statusReplicasPath) {
    kind.scale = { specReplicasPath, statusReplicasPath, ...(labelSelectorPath ? { labelSelectorPath } : {}) };
  }
  if (version.deprecated) kind.deprecation = version.deprecationWarning ?? deprecationOf(crd, version);
  return kind;
}

function subresourcesOf({ subresources }: CrdVersion, kind: string): Subresource[] {
  const list: Subresource[] = [];
  if (subresources?.status) list.push({ name: 'status', verbs: SUBRESOURCE_VERBS, kind });
  if (subresources?.scale) list.push({ name: 'scale', verbs: SUBRESOURCE_VERBS, group: 'autoscaling', version: 'v1', kind: 'Scale' });
  return list;
}

function selectorsOf({ selectableFields = [] }: CrdVersion): Kind['fieldSelectors'] {
  return Object.fromEntries(
    selectableFields.map(({ jsonPath }) => {
      const find = compileJsonPath(jsonPath);
      const read = (object: Record<string, unknown>) => {
        const [value] = find(object);
        return value === undefined || value === null ? '' : textOf(value);
      };
      return [jsonPath.replace(/^\./, ''), read];
    }),
  );
}

/** `example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget`: the better is a served, newer one that is not deprecated. */
function deprecationOf({ spec }: Crd, version: CrdVersion): string {
  const { group, names } = spec;
  const words = `${group}/${version.name} ${names.kind} is deprecated`;
  const [better] = spec.versions
    .filter((one) => one.served && !one.deprecated && compareVersions(one.name, version.name) < 0)
    .sort((a, b) => compareVersions(a.name, b.name));
  return better ? `${words}; use ${group}/${better.name} ${names.kind}` : words;
}

const STABILITY: Record<string, number> = { alpha: 0, beta: 1, '': 2 };

/** Negative when `a` comes first: v2, v1, v2beta1, v1alpha3, then other names by the alphabet (k8s.io/apimachinery/pkg/version). */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parseVersion(a), parseVersion(b)];
  if (!x || !y) return x ? -1 : y ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return y.stability - x.stability || y.major - x.major || y.minor - x.minor;
}

function parseVersion(name: string): { major: number; stability: number; minor: number } | undefined {
  const [whole, major, stability = '', minor = '0'] = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(name) ?? [];
  return whole ? { major: Number(major), stability: STABILITY[stability] ?? 0, minor: Number(minor) } : undefined;
}
