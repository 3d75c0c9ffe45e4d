/** OpenAPI v3: one document for each group and version, and an index that names each with a hash of it. */
import { createHash } from 'node:crypto';
import type { Definition } from '../../types/facts/schemas.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import { customDefinition, type Doc, definitionName, V3, writeDefinition } from './definitions.ts';
import { type Operation, operationsOf } from './operations.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1.';
const INFO = { title: 'Kubernetes', version: '1.36' };
const BOOLEANS = new Set(['allowWatchBookmarks', 'watch', 'sendInitialEvents', 'force', 'orphanDependents']);
const NUMBERS = new Set(['limit', 'timeoutSeconds', 'gracePeriodSeconds']);
const PATCHES = [
  'application/apply-patch+yaml',
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
];

/** The document of the kinds of one group and version. */
export function documentV3(kinds: readonly Kind[], facts: Record<string, Definition>): Doc {
  const schemas: Doc = {};
  const wanted: string[] = [];
  const want = (name: string) => {
    if (name in schemas) return;
    schemas[name] = {};
    wanted.push(name);
  };
  const paths: Record<string, Doc> = {};
  for (const kind of kinds) {
    const name = definitionName(kind);
    if (kind.custom) schemas[name] = customDefinition(kind, V3, want);
    else want(name);
    for (const operation of operationsOf(kind)) {
      const body = bodyName(operation, kind, kinds, facts);
      if (body) want(body);
      const path = paths[operation.path] ?? { parameters: operation.inPath.map(pathParameter) };
      paths[operation.path] = path;
      path[operation.method] = writeOperation(operation, kind, body);
    }
  }
  for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
    const raw = facts[name];
    if (raw) schemas[name] = writeDefinition(name, raw, V3, want);
    else delete schemas[name];
  }
  const securitySchemes = {
    BearerToken: { type: 'apiKey', description: 'Bearer Token authentication', name: 'authorization', in: 'header' },
  };
  return { openapi: '3.0.0', info: INFO, paths, components: { schemas, securitySchemes } };
}

export function indexV3(documents: ReadonlyMap<string, Buffer>): Doc {
  const paths: Doc = {};
  for (const [path, bytes] of documents) {
    const hash = createHash('sha512').update(bytes).digest('hex').toUpperCase();
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` };
  }
  return { paths };
}

function bodyName({ body, type }: Operation, kind: Kind, kinds: readonly Kind[], facts: Record<string, Definition>): string | undefined {
  if (body === 'patch') return `${META}Patch`;
  if (body === 'options') return `${META}DeleteOptions`;
  if (body === undefined) return undefined;
  if (type.kind === kind.kind) return definitionName(kind);
  const known = kinds.find((k) => k.kind === type.kind && k.group === type.group);
  if (known) return definitionName(known);
  const group = type.group === '' ? 'core' : type.group.replace(/\..*$/, '');
  const name = `io.k8s.api.${group}.${type.version}.${type.kind}`;
  return name in facts ? name : undefined;
}

function writeOperation(operation: Operation, kind: Kind, body: string | undefined): Doc {
  const shown = { schema: { $ref: V3.reference(definitionName(kind)) } };
  return {
    tags: [(kind.group || 'core').replace(/\..*$/, '').concat('_', kind.version)],
    operationId: operation.id,
    parameters: operation.query.map(queryParameter),
    ...(body ? { requestBody: requestBody(operation, body, kind) } : {}),
    responses: { '200': { description: 'OK', content: { 'application/json': shown } }, '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.type,
  };
}

function requestBody({ body }: Operation, name: string, kind: Kind): Doc {
  const schema = { schema: { $ref: V3.reference(name) } };
  if (body !== 'patch') return { content: { '*/*': schema }, ...(body === 'object' ? { required: true } : {}) };
  const types = kind.custom ? PATCHES.slice(0, 3) : PATCHES;
  return { content: Object.fromEntries(types.map((type) => [type, schema])), required: true };
}

function queryParameter(name: string): Doc {
  const type = BOOLEANS.has(name) ? 'boolean' : NUMBERS.has(name) ? 'integer' : 'string';
  return { name, in: 'query', schema: { type, uniqueItems: true } };
}

function pathParameter(name: string): Doc {
  return { name, in: 'path', required: true, schema: { type: 'string', uniqueItems: true } };
}
