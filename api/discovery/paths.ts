/** The paths that are no resources: discovery, version, health, OpenAPI. Documents are made when first asked for and kept until a kind changes. */
import { createHash } from 'node:crypto';
import { noSuchPath } from '../errors.ts';
import { type Answer, jsonAnswer, textAnswer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import type { KindTable } from '../registry/kind-table.ts';
import { AGGREGATED_TYPE, groupDiscoveryList, wantsAggregated } from './aggregated.ts';
import { type GroupKinds, groupsOf } from './groups.ts';
import { health } from './health.ts';
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from './legacy.ts';
import { VERSION } from './version.ts';

export interface PathsContext {
  kinds: KindTable;
  /** `127.0.0.1:6443` */
  serverAddress: () => string;
  /** What is not well, by name of the check; empty when all is. */
  readiness: () => Map<string, string>;
  /** Other documents by path; undefined: not one of theirs. */
  extensions: readonly ((exchange: Exchange) => Promise<Answer | undefined>)[];
}

export interface Paths {
  answer(exchange: Exchange): Promise<Answer>;
}

interface Document {
  answer: Answer;
  etag: string;
}

export function createPaths(context: PathsContext): Paths {
  let groups: GroupKinds[] | undefined;
  const documents = new Map<string, Document>();
  context.kinds.onChange(() => {
    groups = undefined;
    documents.clear();
  });

  const document = (exchange: Exchange, key: string, make: (groups: GroupKinds[]) => object, type?: string): Answer => {
    let found = documents.get(key);
    if (!found) {
      groups ??= groupsOf(context.kinds);
      const answer = jsonAnswer(make(groups));
      const etag = `"${createHash('sha512').update(answer.body).digest('hex').toUpperCase()}"`;
      found = { answer: { ...answer, ...(type ? { type } : {}), headers: { vary: 'Accept', etag } }, etag };
      documents.set(key, found);
    }
    const unchanged = exchange.request.headers['if-none-match'] === found.etag;
    return unchanged ? { ...found.answer, status: 304, body: Buffer.alloc(0) } : found.answer;
  };

  const discovery = (exchange: Exchange, path: string): Answer | undefined => {
    const aggregated = wantsAggregated(exchange.request.headers.accept);
    if (path === '/api') {
      if (!aggregated) return jsonAnswer(apiVersions(context.serverAddress()));
      return document(exchange, 'core', (all) => groupDiscoveryList(all.filter((g) => g.group === '')), AGGREGATED_TYPE);
    }
    if (path === '/apis') {
      if (!aggregated) return document(exchange, path, apiGroupList);
      return document(exchange, 'groups', (all) => groupDiscoveryList(all.filter((g) => g.group !== '')), AGGREGATED_TYPE);
    }
    const [, first, second = '', third] = path.split('/');
    if (first === 'api') return document(exchange, path, (all) => resources(all, '', second));
    if (first !== 'apis') return undefined;
    return document(exchange, path, (all) => (third === undefined ? apiGroup(groupNamed(all, second)) : resources(all, second, third)));
  };

  return {
    answer: async (exchange) => {
      const path = exchange.info.path.length > 1 ? exchange.info.path.replace(/\/$/, '') : '/';
      if (path === '/version') return jsonAnswer(VERSION);
      if (path === '/') return jsonAnswer({ paths: allPaths(context.kinds) });
      const own = health(path, exchange.info.query, context.readiness) ?? discovery(exchange, path);
      if (own) return own;
      for (const extension of context.extensions) {
        const answer = await extension(exchange);
        if (answer) return answer;
      }
      return textAnswer('404 page not found\n', 404);
    },
  };
}

function groupNamed(groups: GroupKinds[], name: string): GroupKinds {
  const group = groups.find((g) => g.group === name);
  if (!group || name === '') throw noSuchPath();
  return group;
}

function resources(groups: GroupKinds[], name: string, version: string): object {
  const found = groups.find((g) => g.group === name)?.versions.find((v) => v.version === version);
  if (!found) throw noSuchPath();
  return apiResourceList(name, version, found.kinds);
}

function allPaths(kinds: KindTable): string[] {
  const paths = [
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/healthz',
    '/livez',
    '/openapi/v2',
    '/openapi/v3',
    '/openapi/v3/',
    '/readyz',
    '/version',
  ];
  for (const { group, versions } of groupsOf(kinds)) {
    if (group !== '') paths.push(`/apis/${group}`, ...versions.map((v) => `/apis/${group}/${v.version}`));
  }
  return paths.sort();
}
