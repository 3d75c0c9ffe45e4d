/** Aggregated discovery (apidiscovery.k8s.io/v2): everything in two documents, with an ETag so that clients can keep them. */
import type { Kind, Subresource } from '../../types/kinds/kind.ts';
import { mediaClauses } from '../output/accept.ts';
import type { GroupKinds } from './groups.ts';

export const AGGREGATED_TYPE = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Whether the client prefers the aggregated documents to the older ones. */
export function wantsAggregated(accept: string | undefined): boolean {
  if (!accept?.includes('APIGroupDiscoveryList')) return false;
  for (const { type, parameters } of mediaClauses(accept)) {
    if (type !== 'application/json' && type !== '*/*') continue;
    if (!parameters.as) return false;
    if (parameters.as === 'APIGroupDiscoveryList' && parameters.v === 'v2' && parameters.g === 'apidiscovery.k8s.io') return true;
  }
  return false;
}

export function groupDiscoveryList(groups: GroupKinds[]): object {
  const items = groups.map(({ group, versions }) => ({
    metadata: group === '' ? {} : { name: group },
    versions: versions.map(({ version, kinds }) => ({ version, resources: kinds.map(resourceOf), freshness: 'Current' })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function resourceOf(kind: Kind): object {
  const own = kind.custom ? { group: kind.group, version: kind.version } : { group: '', version: '' };
  return {
    resource: kind.plural,
    responseKind: { ...own, kind: kind.kind },
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(kind.subresources.length > 0 ? { subresources: kind.subresources.map((sub) => subresourceOf(sub, own)) } : {}),
  };
}

function subresourceOf(sub: Subresource, own: { group: string; version: string }): object {
  const type = sub.version === undefined ? own : { group: sub.group ?? '', version: sub.version };
  return { subresource: sub.name, responseKind: { ...type, kind: sub.kind }, verbs: sub.verbs };
}
