/** OpenAPI v2 (Swagger): one document of everything. Older clients check what they send against it. */
import type { Definition } from '../../types/facts/schemas.ts';
import type { Kind } from '../../types/kinds/kind.ts';
import { customDefinition, type Doc, definitionName, V2, writeDefinition } from './definitions.ts';
import { type Operation, operationsOf } from './operations.ts';

const TYPES = ['application/json', 'application/yaml'];

export function documentV2(kinds: Iterable<Kind>, facts: Record<string, Definition>): Doc {
  const definitions: Doc = {};
  const ignore = () => {};
  for (const [name, raw] of Object.entries(facts)) definitions[name] = writeDefinition(name, raw, V2, ignore);
  const paths: Record<string, Doc> = {};
  for (const kind of kinds) {
    if (kind.custom) definitions[definitionName(kind)] = customDefinition(kind, V2, ignore);
    for (const operation of operationsOf(kind)) {
      const path = paths[operation.path] ?? {};
      paths[operation.path] = path;
      path[operation.method] = writeOperation(operation, kind);
    }
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: '1.36' },
    paths,
    definitions,
    securityDefinitions: {
      BearerToken: { description: 'Bearer Token authentication', type: 'apiKey', name: 'authorization', in: 'header' },
    },
    security: [{ BearerToken: [] }],
  };
}

function writeOperation(operation: Operation, kind: Kind): Doc {
  const schema = { $ref: V2.reference(definitionName(kind)) };
  const parameters: Doc[] = operation.inPath.map((name) => ({ name, in: 'path', required: true, type: 'string', uniqueItems: true }));
  parameters.push(...operation.query.map((name) => ({ name, in: 'query', type: 'string', uniqueItems: true })));
  if (operation.body === 'object') parameters.push({ name: 'body', in: 'body', required: true, schema });
  return {
    consumes: ['*/*'],
    produces: TYPES,
    schemes: ['https'],
    operationId: operation.id,
    parameters,
    responses: { '200': { description: 'OK', schema }, '401': { description: 'Unauthorized' } },
    'x-kubernetes-action': operation.action,
    'x-kubernetes-group-version-kind': operation.type,
  };
}
