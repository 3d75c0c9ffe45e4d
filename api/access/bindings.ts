/** Bindings sorted by who they are for, so that a user's rules are found without looking at everybody's. */
import type { ObjectSource } from '../watch/source.ts';
import { type Binding, RESOURCES, type Role, type RoleRef, type Subject } from './rbac-objects.ts';
import type { PolicyRule } from './rules.ts';
import { serviceAccountUser, type UserInfo } from './user.ts';

/** A binding that applies to a user, by one of its subjects. */
export interface Grant {
  binding: Binding;
  subject: Subject;
  rules: readonly PolicyRule[];
  /** Why there are no rules. */
  missing?: string;
}

interface Entry {
  key: string;
  binding: Binding;
  subject: Subject;
}

/** By `u:name` and `g:name`. */
type Index = Map<string, Entry[]>;

export interface Bindings {
  /** The grants of the cluster, then those in the namespace, where it is not empty. */
  grantsFor(user: UserInfo, namespace: string): Grant[];
  rulesOf(roleRef: RoleRef, namespace: string): readonly PolicyRule[] | undefined;
  whenSynced(): Promise<void>;
  onChange(callback: () => void): void;
  close(): void;
}

export function createBindings(source: ObjectSource): Bindings {
  const cluster: Index = new Map();
  const namespaces = new Map<string, Index>();
  const callbacks: (() => void)[] = [];
  const changed = () => {
    for (const callback of callbacks) callback();
  };
  const reindex = (index: Index, key: string, before: Binding | undefined, after: Binding | undefined) => {
    for (const subject of before?.subjects ?? []) dropEntry(index, indexKey(subject, before?.metadata?.namespace), key);
    for (const subject of after?.subjects ?? []) if (after) addEntry(index, { key, binding: after, subject });
    changed();
  };
  const ends = [
    source.onChange(RESOURCES.roles, changed),
    source.onChange(RESOURCES.clusterRoles, changed),
    source.onChange(RESOURCES.clusterRoleBindings, ({ key, object, before }) =>
      reindex(cluster, key, before as unknown as Binding | undefined, object as unknown as Binding | undefined),
    ),
    source.onChange(RESOURCES.roleBindings, ({ key, object, before }) => {
      const namespace = key.slice(0, key.indexOf('/'));
      const index = namespaces.get(namespace) ?? new Map();
      reindex(index, key, before as unknown as Binding | undefined, object as unknown as Binding | undefined);
      if (index.size > 0) namespaces.set(namespace, index);
      else namespaces.delete(namespace);
    }),
  ];

  const rulesOf = (ref: RoleRef, namespace: string) => {
    const object =
      ref.kind === 'ClusterRole' ? source.get(RESOURCES.clusterRoles, ref.name) : source.get(RESOURCES.roles, `${namespace}/${ref.name}`);
    return object && ((object as Role).rules ?? []);
  };
  const grant = ({ binding, subject }: Entry): Grant => {
    const rules = rulesOf(binding.roleRef, binding.metadata?.namespace ?? '');
    return rules ? { binding, subject, rules } : { binding, subject, rules: [], missing: missingRole(binding.roleRef) };
  };
  return {
    grantsFor: (user, namespace) => {
      const found = entriesFor(cluster, user);
      const local = namespace && namespaces.get(namespace);
      return (local ? [...found, ...entriesFor(local, user)] : found).map(grant);
    },
    rulesOf,
    whenSynced: async () => {
      await Promise.all(Object.values(RESOURCES).map((resource) => source.whenSynced(resource)));
    },
    onChange: (callback) => void callbacks.push(callback),
    close: () => {
      for (const end of ends) end();
    },
  };
}

/** As a lister of Kubernetes reports it. */
const missingRole = ({ kind, name }: RoleRef) => `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;

/** A ServiceAccount without a namespace is of the binding's own. */
function indexKey(subject: Subject, bindingNamespace: string | undefined): string {
  if (subject.kind === 'Group') return `g:${subject.name}`;
  if (subject.kind === 'User') return `u:${subject.name}`;
  return `u:${serviceAccountUser(subject.namespace || bindingNamespace || '', subject.name)}`;
}

function addEntry(index: Index, entry: Entry): void {
  const at = indexKey(entry.subject, entry.binding.metadata?.namespace);
  const list = index.get(at);
  if (list) list.push(entry);
  else index.set(at, [entry]);
}

function dropEntry(index: Index, at: string, key: string): void {
  const rest = index.get(at)?.filter((entry) => entry.key !== key) ?? [];
  if (rest.length > 0) index.set(at, rest);
  else index.delete(at);
}

function entriesFor(index: Index, user: UserInfo): Entry[] {
  const found = [...(index.get(`u:${user.name}`) ?? [])];
  for (const group of user.groups) found.push(...(index.get(`g:${group}`) ?? []));
  return found;
}
