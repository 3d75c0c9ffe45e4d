/** Which resources a server has, so that what works on every kind (namespace deletion, garbage collection) needs no list of kinds. */
import type { AnyObject } from '../types/wire.ts';
import type { Client } from './client.ts';
import type { Resource } from './resource.ts';

export interface ServedResource {
  resource: Resource<AnyObject>;
  verbs: string[];
}

export interface Discovered {
  /** Each in its group's preferred version; without subresources. */
  served: ServedResource[];
  /** Group versions that could not be asked, with the reason. */
  failed: { groupVersion: string; message: string }[];
}

interface ResourceList {
  resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
}

interface GroupList {
  groups: { name: string; preferredVersion: { groupVersion: string } }[];
}

/** Asks the server. Rejects when it does not answer at all; a group that fails alone is told in `failed`. */
export async function discover(client: Client): Promise<Discovered> {
  const groups = (await ask(client, '/apis')) as GroupList;
  const versions = ['v1', ...groups.groups.map((group) => group.preferredVersion.groupVersion)];
  const found: Discovered = { served: [], failed: [] };
  const lists = await Promise.allSettled(versions.map((version) => ask(client, version === 'v1' ? '/api/v1' : `/apis/${version}`)));
  lists.forEach((list, i) => {
    const groupVersion = versions[i] ?? '';
    if (list.status === 'fulfilled') found.served.push(...servedIn(groupVersion, list.value as ResourceList));
    else found.failed.push({ groupVersion, message: (list.reason as Error).message });
  });
  return found;
}

async function ask(client: Client, path: string): Promise<unknown> {
  const { status, body } = await client.raw('GET', path);
  if (status !== 200) throw new Error(`${path}: the server answered ${status}`);
  return body;
}

function servedIn(groupVersion: string, list: ResourceList): ServedResource[] {
  const slash = groupVersion.indexOf('/');
  const group = slash < 0 ? '' : groupVersion.slice(0, slash);
  const version = groupVersion.slice(slash + 1);
  return list.resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({ resource: { group, version, plural: name, kind, namespaced }, verbs }));
}
