/** Discovery as it was before 1.26: one document for each group and version. Helm 3.10 and older kubectl ask for it. */
import type { Kind, Subresource } from '../../types/kinds/kind.ts';
import type { GroupKinds } from './groups.ts';

export function apiVersions(serverAddress: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

export function apiGroupList(groups: GroupKinds[]): object {
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.filter((g) => g.group !== '').map(groupOf) };
}

export function apiGroup(group: GroupKinds): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group) };
}

function groupOf({ group, versions }: GroupKinds) {
  const list = versions.map(({ version }) => ({ groupVersion: `${group}/${version}`, version }));
  return { name: group, versions: list, preferredVersion: list[0] };
}

/** `custom` lists carry an apiVersion, built-in ones do not. */
export function apiResourceList(group: string, version: string, kinds: Kind[]): object {
  const resources = kinds.flatMap((kind) => [resourceOf(kind), ...kind.subresources.map((sub) => subresourceOf(kind, sub))]);
  resources.sort((a, b) => (a.name < b.name ? -1 : 1));
  const custom = kinds.every((kind) => kind.custom);
  return {
    kind: 'APIResourceList',
    ...(custom || group !== '' ? { apiVersion: 'v1' } : {}),
    groupVersion: group ? `${group}/${version}` : version,
    resources,
  };
}

function resourceOf(kind: Kind) {
  return {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kind.verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(kind.storageVersionHash ? { storageVersionHash: kind.storageVersionHash } : {}),
  };
}

function subresourceOf(kind: Kind, sub: Subresource) {
  const type = sub.version === undefined ? {} : { group: sub.group, version: sub.version };
  return { name: `${kind.plural}/${sub.name}`, singularName: '', namespaced: kind.namespaced, ...type, kind: sub.kind, verbs: sub.verbs };
}
