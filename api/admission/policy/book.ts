/** Policies with their bindings as they are now, each compiled when it first matters. */
import type { AnyObject } from '../../../types/wire.ts';
import type { ObjectSource } from '../../watch/source.ts';
import type { Binding, Policy } from './definition.ts';
import { compileMatch, type Matches } from './match.ts';

export interface BoundPolicy<T> {
  name: string;
  policy: Policy;
  matches: Matches;
  /** Made once for each version of the policy. */
  compiled: () => T;
  bindings: { name: string; binding: Binding; matches: Matches }[];
}

export interface PolicyBook<T> {
  /** Those with bindings, by name. Empty as long as there are none, which costs nothing. */
  bound(): readonly BoundPolicy<T>[];
  /** Resolves when what is stored is known; undefined: it is. */
  loading(): Promise<void> | undefined;
}

export function createPolicyBook<T>(
  source: ObjectSource,
  resources: { policies: string; bindings: string },
  compile: (policy: Policy) => T,
): PolicyBook<T> {
  let list: readonly BoundPolicy<T>[] | undefined;
  const compiled = new WeakMap<AnyObject, T>();
  const forget = () => {
    list = undefined;
  };
  let loading: Promise<void> | undefined;
  const start = () => {
    source.onChange(resources.policies, forget);
    source.onChange(resources.bindings, forget);
    return Promise.all([source.whenSynced(resources.policies), source.whenSynced(resources.bindings)]).then(() => {
      ready = true;
      forget();
    });
  };
  let ready = false;
  const compiledOf = (policy: Policy): T => {
    let made = compiled.get(policy);
    if (made === undefined) {
      made = compile(policy);
      compiled.set(policy, made);
    }
    return made;
  };
  return {
    bound: () => {
      list ??= boundPolicies(source, resources, compiledOf);
      return list;
    },
    loading: () => {
      if (ready) return undefined;
      loading ??= start();
      return loading;
    },
  };
}

function boundPolicies<T>(
  source: ObjectSource,
  { policies, bindings }: { policies: string; bindings: string },
  compile: (policy: Policy) => T,
): BoundPolicy<T>[] {
  const byPolicy = new Map<string, BoundPolicy<T>['bindings']>();
  for (const binding of source.list(bindings) as Iterable<Binding>) {
    const policyName = binding.spec?.policyName ?? '';
    const list = byPolicy.get(policyName) ?? [];
    list.push({ name: binding.metadata?.name ?? '', binding, matches: compileMatch(binding.spec?.matchResources) });
    byPolicy.set(policyName, list);
  }
  const bound: BoundPolicy<T>[] = [];
  for (const policy of source.list(policies) as Iterable<Policy>) {
    const name = policy.metadata?.name ?? '';
    const found = byPolicy.get(name);
    if (!found) continue;
    const inOrder = found.sort((a, b) => (a.name < b.name ? -1 : 1));
    bound.push({ name, policy, matches: compileMatch(policy.spec?.matchConstraints), compiled: () => compile(policy), bindings: inOrder });
  }
  return bound.sort((a, b) => (a.name < b.name ? -1 : 1));
}
