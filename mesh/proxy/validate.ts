/** What is wrong with a resource that was pushed; the proxy trusts nothing that it is sent, so that a bad push can't take it down. */
import { isIP } from 'node:net';
import type { ClusterConfig, ListenerConfig, ResourceConfig, RouteEntry, RoutesConfig, RuleConfig } from '../config/resource.ts';
import { isFieldValue, isFraming, isHostname, isTarget, isToken } from '../gateway/syntax.ts';
import type { HeaderEdits, PathEdit } from '../ir/ir.ts';

/** Undefined: nothing is. */
export function validate(resource: ResourceConfig): string | undefined {
  try {
    if (typeof resource.name !== 'string' || resource.name === '') return 'it has no name';
    if (resource.type === 'listener') return listener(resource);
    if (resource.type === 'cluster') return cluster(resource);
    if (resource.type === 'routes') return routes(resource);
    return `type ${(resource as { type: unknown }).type} is not known`;
  } catch (error) {
    return `it is malformed: ${(error as Error).message}`;
  }
}

function listener({ addresses, ports }: ListenerConfig): string | undefined {
  const address = addresses.find((a) => isIP(a) === 0);
  if (address !== undefined) return `"${address}" is not an IP address`;
  for (const { port, nodePort, cluster: to } of ports) {
    if (!isPort(port) || (nodePort !== undefined && !isPort(nodePort))) return `${port} or ${nodePort} is not a port`;
    if (typeof to !== 'string') return `port ${port} leads to no cluster`;
  }
  return undefined;
}

function cluster({ endpoints, affinitySeconds }: ClusterConfig): string | undefined {
  if (affinitySeconds !== undefined && !(affinitySeconds > 0)) return `${affinitySeconds} is no duration`;
  const bad = endpoints.find((endpoint) => !isEndpoint(endpoint));
  return bad === undefined ? undefined : `"${bad}" is not address:port`;
}

function isEndpoint(text: string): boolean {
  const colon = text.lastIndexOf(':');
  return isIP(text.slice(0, colon)) !== 0 && isPort(Number(text.slice(colon + 1)));
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port < 65_536;
}

function routes({ entries, rules }: RoutesConfig): string | undefined {
  for (const entry of entries) {
    const fault = entryFault(entry, rules.length);
    if (fault) return fault;
  }
  for (const rule of rules) {
    const fault = ruleFault(rule);
    if (fault) return `rule ${rule.name}: ${fault}`;
  }
  return undefined;
}

function entryFault({ path, method, headers, query, rule }: RouteEntry, rules: number): string | undefined {
  if (!Number.isInteger(rule) || rule < 0 || rule >= rules) return `an entry leads to rule ${rule}, of ${rules}`;
  if (!('exact' in path ? path.exact : path.prefix).startsWith('/')) return 'a path does not begin with "/"';
  if (method !== undefined && !isToken(method)) return `"${method}" is not a method`;
  const bad = headers?.find(([name]) => !isToken(name));
  if (bad) return `"${bad[0]}" is not the name of a header`;
  if (query?.some(([name, value]) => typeof name !== 'string' || typeof value !== 'string')) return 'a query match is malformed';
  return undefined;
}

function ruleFault(rule: RuleConfig): string | undefined {
  if (rule.backends.some(({ weight }) => !Number.isInteger(weight) || weight < 0)) return 'a weight is not a whole number';
  if (rule.backends.some(({ cluster: to }) => to !== undefined && typeof to !== 'string')) return 'a backend is malformed';
  const { rewrite, redirect } = rule;
  for (const host of [rewrite?.hostname, redirect?.hostname])
    if (host !== undefined && !isHostname(host)) return `"${host}" is no host name`;
  if (redirect && !(redirect.status >= 300 && redirect.status < 400)) return `${redirect.status} is no redirect`;
  return pathFault(rewrite?.path) ?? pathFault(redirect?.path) ?? editFault(rule.requestHeaders) ?? editFault(rule.responseHeaders);
}

function pathFault(edit: PathEdit | undefined): string | undefined {
  if (!edit) return undefined;
  return isTarget('full' in edit ? edit.full : edit.prefix) ? undefined : 'a path can not be put into a request';
}

function editFault(edits: HeaderEdits | undefined): string | undefined {
  if (!edits) return undefined;
  if (edits.remove.some(isFraming)) return 'a header that frames the message can not be removed';
  const bad = [...edits.set, ...edits.add].find(([name, value]) => !isToken(name) || isFraming(name) || !isFieldValue(value));
  return bad ? `header "${bad[0]}" can not be put into a message` : undefined;
}
