/** What a namespace that is being deleted says about how far it is; worded as kubernetes/pkg/controller/namespace words it. */
import type { Namespace } from '../../client/resources.ts';
import { rfc3339 } from '../../types/part/clock.ts';

export type Condition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number];

/** What was found in the namespace after all was asked to go. */
export interface Remains {
  /** Objects left, by resource (`configmaps.`, `deployments.apps`). */
  resources: Map<string, number>;
  /** Objects left that carry each finalizer. */
  finalizers: Map<string, number>;
  /** Errors of asking which resources there are. */
  discoveryErrors: string[];
  /** Errors of deleting and counting. */
  deletionErrors: string[];
}

export const nothing = (): Remains => ({ resources: new Map(), finalizers: new Map(), discoveryErrors: [], deletionErrors: [] });

type Fact = [type: string, status: 'True' | 'False', reason: string, message: string];

export function conditionsAfter(before: Condition[], remains: Remains, now: number): Condition[] {
  const conditions = [...before];
  for (const fact of factsOf(remains)) {
    const [type, status, reason, message] = fact;
    const at = conditions.findIndex((condition) => condition.type === type);
    const standing = conditions[at];
    if (standing?.status === status && standing.reason === reason && standing.message === message) continue;
    const lastTransitionTime = standing?.status === status ? (standing.lastTransitionTime as string) : rfc3339(now);
    const condition = { type, status, lastTransitionTime, reason, message };
    if (standing) conditions[at] = condition;
    else conditions.push(condition);
  }
  return conditions;
}

function factsOf({ resources, finalizers, discoveryErrors, deletionErrors }: Remains): Fact[] {
  return [
    discoveryErrors.length > 0
      ? ['NamespaceDeletionDiscoveryFailure', 'True', 'DiscoveryFailed', `Discovery failed for some groups, ${listed(discoveryErrors)}`]
      : ['NamespaceDeletionDiscoveryFailure', 'False', 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', 'False', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    deletionErrors.length > 0
      ? [
          'NamespaceDeletionContentFailure',
          'True',
          'ContentDeletionFailed',
          `Failed to delete all resource types, ${listed(deletionErrors)}`,
        ]
      : ['NamespaceDeletionContentFailure', 'False', 'ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    resources.size > 0
      ? ['NamespaceContentRemaining', 'True', 'SomeResourcesRemain', `Some resources are remaining: ${counted(resources, ' has ')}`]
      : ['NamespaceContentRemaining', 'False', 'ContentRemoved', 'All content successfully removed'],
    finalizers.size > 0
      ? [
          'NamespaceFinalizersRemaining',
          'True',
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${counted(finalizers, ' in ')}`,
        ]
      : ['NamespaceFinalizersRemaining', 'False', 'ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
  ];
}

const listed = (errors: string[]) => `${errors.length} remaining: ${errors.sort().join(', ')}`;

const counted = (counts: Map<string, number>, between: string) =>
  [...counts]
    .map(([name, count]) => `${name}${between}${count} resource instances`)
    .sort()
    .join(', ');
