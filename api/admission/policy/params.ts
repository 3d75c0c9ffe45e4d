/** The objects that a binding gives its policy as `params` (k8s.io/apiserver: generic.CollectParams). */
import { labelSelectorMatcher } from '../../../types/selectors.ts';
import type { AnyObject } from '../../../types/wire.ts';
import type { KindTable } from '../../registry/kind-table.ts';
import type { ObjectSource } from '../../watch/source.ts';
import type { ParamKind, ParamRef } from './definition.ts';

/** undefined in the list: the policy runs without. An error is one of the configuration. */
export type Params = { list: readonly (AnyObject | undefined)[] } | { error: string };

const WITHOUT: Params = { list: [undefined] };
const MISSING = 'no params found for policy binding with `Deny` parameterNotFoundAction';

export interface ParamSource {
  source: ObjectSource;
  kinds: KindTable;
}

export async function collectParams(
  { source, kinds }: ParamSource,
  paramKind: ParamKind | undefined,
  ref: ParamRef | undefined,
  requestNamespace: string,
): Promise<Params> {
  if (!paramKind || !ref) return WITHOUT;
  const [version = '', group = ''] = (paramKind.apiVersion ?? '').split('/').reverse();
  const kind = kinds.findKind(group, version, paramKind.kind ?? '');
  if (!kind) return { error: `paramKind kind \`${paramKind.apiVersion}, Kind=${paramKind.kind}\` not known` };
  if (!kind.namespaced && ref.namespace) return { error: 'paramRef.namespace must not be provided for a cluster-scoped `paramKind`' };
  const namespace = kind.namespaced ? ref.namespace || requestNamespace : '';
  if (kind.namespaced && !namespace) {
    return { error: 'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources' };
  }
  await source.whenSynced(kind.storage);
  const list = ref.name ? await named(source, kind.storage, namespace, ref.name) : selected(source, kind.storage, namespace, ref);
  if (list.length === 0 && ref.parameterNotFoundAction === 'Deny') return { error: MISSING };
  return { list };
}

async function named(source: ObjectSource, storage: string, namespace: string, name: string): Promise<AnyObject[]> {
  const key = namespace ? `${namespace}/${name}` : name;
  const found = source.get(storage, key) ?? (await source.getFresh(storage, key));
  return found ? [found] : [];
}

function selected(source: ObjectSource, storage: string, namespace: string, { selector }: ParamRef): AnyObject[] {
  const matches = labelSelectorMatcher(selector);
  return [...source.list(storage)].filter(({ metadata }) => (!namespace || metadata?.namespace === namespace) && matches(metadata?.labels));
}
