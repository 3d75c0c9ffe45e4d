/** What can be done to a kind, as a list from which the documents of both OpenAPI versions are written. */
import type { Kind, Subresource } from '../../types/kinds/kind.ts';

export interface Operation {
  path: string;
  /** `get`, `post`, `put`, `patch`, `delete` */
  method: string;
  /** x-kubernetes-action */
  action: string;
  id: string;
  /** Names of query parameters. */
  query: string[];
  /** Names of path parameters. */
  inPath: string[];
  type: { group: string; version: string; kind: string };
  /** Which body it takes. */
  body: 'object' | 'patch' | 'options' | undefined;
}

const LIST = ['allowWatchBookmarks', 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'resourceVersionMatch'];
const LIST_QUERY = [...LIST, 'sendInitialEvents', 'timeoutSeconds', 'watch'];
const WRITE_QUERY = ['dryRun', 'fieldManager', 'fieldValidation'];
const DELETE_QUERY = ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy'];

interface VerbShape {
  method: string;
  action: string;
  /** The first word of the operation's id. */
  word: string;
  query: string[];
  body: Operation['body'];
}

const VERBS: Record<string, VerbShape> = {
  get: { method: 'get', action: 'get', word: 'read', query: [], body: undefined },
  list: { method: 'get', action: 'list', word: 'list', query: LIST_QUERY, body: undefined },
  create: { method: 'post', action: 'post', word: 'create', query: WRITE_QUERY, body: 'object' },
  update: { method: 'put', action: 'put', word: 'replace', query: WRITE_QUERY, body: 'object' },
  patch: { method: 'patch', action: 'patch', word: 'patch', query: [...WRITE_QUERY, 'force'], body: 'patch' },
  delete: { method: 'delete', action: 'delete', word: 'delete', query: DELETE_QUERY, body: 'options' },
  deletecollection: {
    method: 'delete',
    action: 'deletecollection',
    word: 'deleteCollection',
    query: [...DELETE_QUERY, 'continue', 'fieldSelector', 'labelSelector', 'limit', 'resourceVersion', 'timeoutSeconds'],
    body: 'options',
  },
};

const ON_COLLECTION = ['list', 'create', 'deletecollection'];
const ON_OBJECT = ['get', 'update', 'patch', 'delete'];

export function operationsOf(kind: Kind): Operation[] {
  const collection = `${rootOf(kind)}${kind.namespaced ? '/namespaces/{namespace}' : ''}/${kind.plural}`;
  const operations = kind.verbs.filter((v) => ON_COLLECTION.includes(v)).map((verb) => operation(kind, verb, collection));
  if (kind.namespaced && kind.verbs.includes('list')) operations.push(everywhere(kind));
  operations.push(...kind.verbs.filter((v) => ON_OBJECT.includes(v)).map((verb) => operation(kind, verb, `${collection}/{name}`)));
  for (const sub of kind.subresources) {
    const path = `${collection}/{name}/${sub.name}`;
    operations.push(...sub.verbs.filter((v) => VERBS[v]).map((verb) => operation(kind, verb, path, sub)));
  }
  return operations;
}

export const rootOf = (kind: { group: string; version: string }) =>
  kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`;

const upper = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** `AppsV1`, `CoreV1`, `RbacAuthorizationV1` */
function groupWord({ group, version }: Kind): string {
  const name = group === '' ? 'core' : group.replace(/\.k8s\.io$/, '');
  return name.split('.').map(upper).join('') + upper(version);
}

function operation(kind: Kind, verb: string, path: string, sub?: Subresource): Operation {
  const shape = VERBS[verb] as VerbShape;
  const scope = kind.namespaced ? 'Namespaced' : '';
  const id = `${shape.word.replace('Collection', '')}${groupWord(kind)}${verb === 'deletecollection' ? 'Collection' : ''}${scope}${kind.kind}${sub ? upper(sub.name) : ''}`;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] ?? '');
  const type =
    sub?.version === undefined
      ? { group: kind.group, version: kind.version, kind: sub?.kind ?? kind.kind }
      : { group: sub.group ?? '', version: sub.version, kind: sub.kind };
  return { path, method: shape.method, action: shape.action, id, query: shape.query, inPath, type, body: shape.body };
}

function everywhere(kind: Kind): Operation {
  const one = operation(kind, 'list', `${rootOf(kind)}/${kind.plural}`);
  return { ...one, id: `list${groupWord(kind)}${kind.kind}ForAllNamespaces` };
}
