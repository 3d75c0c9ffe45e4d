/** A shorthand in which default policy is written: words with spaces between them. `core` stands for the group without a name. */
import type { PolicyRule } from '../rules.ts';

export const READ = 'get list watch';
export const READ_WRITE = 'create delete deletecollection get list patch update watch';
export const WRITE = 'create delete deletecollection patch update';

const words = (text: string) => text.split(' ').sort();

export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  const made: PolicyRule = {
    verbs: words(verbs),
    apiGroups: words(groups).map((group) => (group === 'core' ? '' : group)),
    resources: words(resources),
  };
  return names ? { ...made, resourceNames: words(names) } : made;
}

export const paths = (urls: string): PolicyRule => ({ verbs: ['get'], nonResourceURLs: words(urls) });

export const EVENTS = rule('create patch update', 'core events.k8s.io', 'events');
