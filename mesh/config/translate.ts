/** The second translation: intermediate form > a proxy's resources. Pure; equal input gives equal output, in one order. */
import type { ClusterIr, PortIr, RuleIr, ServiceIr } from '../ir/ir.ts';
import { type Candidate, compare } from './precedence.ts';
import type { ClusterConfig, ListenerConfig, ListenerPort, RouteEntry, RoutesConfig, RuleConfig } from './resource.ts';

/** A Service's listener (none when it has no address), and a route table for each port that has routes. */
export function translateService(service: ServiceIr): (ListenerConfig | RoutesConfig)[] {
  if (service.addresses.length === 0) return [];
  const tables = service.ports.filter((port) => port.routes.length > 0).map(translateRoutes);
  const listener: ListenerConfig = {
    type: 'listener',
    name: service.name,
    addresses: service.addresses,
    ports: service.ports.map(translatePort),
  };
  return [listener, ...tables];
}

export function translateCluster(cluster: ClusterIr): ClusterConfig {
  return { type: 'cluster', ...cluster };
}

/** HTTP costs more than TCP, so a port gets it only if a route needs it, or its owner has declared it. */
function translatePort({ number, nodePort, cluster, http, routes }: PortIr): ListenerPort {
  return {
    port: number,
    ...(nodePort && { nodePort }),
    cluster,
    ...((http || routes.length > 0) && { http: true }),
    ...(routes.length > 0 && { routes: cluster }),
  };
}

function translateRoutes(port: PortIr): RoutesConfig {
  const candidates: Candidate[] = port.routes.flatMap((route) =>
    route.rules.flatMap((rule) => rule.matches.map((match) => ({ match, rule, route }))),
  );
  candidates.sort(compare);
  const rules = new Map<RuleIr, number>();
  const configs: RuleConfig[] = [];
  const entries = candidates.map(({ match, rule, route }) => {
    let at = rules.get(rule);
    if (at === undefined) {
      at = configs.push(translateRule(route.name, rule)) - 1;
      rules.set(rule, at);
    }
    return translateMatch(match, at);
  });
  return { type: 'routes', name: port.cluster, entries, rules: configs };
}

function translateMatch({ path, method, headers, query }: Candidate['match'], rule: number): RouteEntry {
  return { path, ...(method && { method }), ...(headers.length > 0 && { headers }), ...(query.length > 0 && { query }), rule };
}

function translateRule(route: string, { index, matches: _, backends, broken, ...filters }: RuleIr): RuleConfig {
  const name = `${route}/${index}`;
  if (broken) return { name, backends: [{ weight: 1, why: broken }] };
  return {
    name,
    ...filters,
    backends: backends.map((b) => ('cluster' in b ? { weight: b.weight, cluster: b.cluster } : { weight: b.weight, why: b.broken })),
  };
}
