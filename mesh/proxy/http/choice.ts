/** What is to be done with a request: answer it here, or send it to a cluster. */
import type { IncomingMessage } from 'node:http';
import type { RouteEntry } from '../../config/resource.ts';
import type { Cluster } from '../cluster.ts';
import type { Front } from '../front.ts';
import type { LiveRule, State } from '../state.ts';
import { matchEntry } from './match.ts';
import { redirectLocation } from './rewrite.ts';

/** An answer of the proxy's own. */
export interface OwnAnswer {
  status: number;
  /** One word for the header `x-kumulus-mesh`, so that a program can tell the proxy's errors from the application's. */
  why: string;
  text: string;
  location?: string;
}

export interface Choice {
  entry?: RouteEntry;
  rule?: LiveRule;
  /** Absent when the proxy answers. */
  cluster?: Cluster;
  answer?: OwnAnswer;
}

export function choose(state: State, front: Front, request: IncomingMessage): Choice {
  const { port } = front;
  if (!port) return { answer: { status: 503, why: 'NoListener', text: 'this Service has gone' } };
  const table = port.routes === undefined ? undefined : state.tables.get(port.routes);
  // Without a table (its routes have gone, or were never good) the Service's own endpoints answer.
  if (!table) return to(state, port.cluster, {});
  const entry = matchEntry(table.config, request);
  if (!entry) return { answer: { status: 404, why: 'NoRoute', text: `no route of Service ${port.routes} matches this request` } };
  const rule = state.rule(table, entry);
  if (rule.config.redirect) {
    const location = redirectLocation(request, entry, rule.config, port.port);
    return { entry, rule, answer: { status: rule.config.redirect.status, why: 'Redirect', text: location, location } };
  }
  const backend = rule.config.backends[rule.turns.next()];
  if (backend?.cluster !== undefined) return to(state, backend.cluster, { entry, rule });
  const why = backend?.why ?? 'it has no backend';
  return { entry, rule, answer: { status: 500, why: 'BadRoute', text: `rule ${rule.config.name} can not be carried out: ${why}` } };
}

function to(state: State, name: string, choice: Choice): Choice {
  const cluster = state.clusters.get(name);
  return cluster ? { ...choice, cluster } : { ...choice, answer: noEndpoint(name) };
}

export function noEndpoint(cluster: string): OwnAnswer {
  return { status: 503, why: 'NoEndpoint', text: `no endpoint of Service ${cluster} is ready` };
}
