/**
 * What a proxy is given: three types of resource, each with a name and a version, so that a change of endpoints sends endpoints and
 * nothing else. They refer to each other by name.
 */
import type { HeaderEdits, PathEdit, RedirectIr } from '../ir/ir.ts';

/** Where to listen for a Service: every port on every address. */
export interface ListenerConfig {
  type: 'listener';
  /** `namespace/service` */
  name: string;
  addresses: string[];
  ports: ListenerPort[];
}

export interface ListenerPort {
  port: number;
  nodePort?: number;
  cluster: string;
  /** The port is proxied as HTTP, not as TCP. */
  http?: true;
  /** The route table that its requests follow; only with `http`. Absent: all go to the cluster. */
  routes?: string;
}

/** Where to go: the endpoints of one port of a Service. */
export interface ClusterConfig {
  type: 'cluster';
  /** `namespace/service:port` */
  name: string;
  /** `address:port` */
  endpoints: string[];
  affinitySeconds?: number;
}

/** How to choose: the first entry that matches wins. */
export interface RoutesConfig {
  type: 'routes';
  /** `namespace/service:port` of the parent. */
  name: string;
  entries: RouteEntry[];
  rules: RuleConfig[];
}

export interface RouteEntry {
  path: { exact: string } | { prefix: string };
  method?: string;
  headers?: [name: string, value: string][];
  query?: [name: string, value: string][];
  /** Index into `rules`. */
  rule: number;
}

export interface RuleConfig {
  /** `namespace/route/index`, for counters and messages. */
  name: string;
  requestHeaders?: HeaderEdits;
  responseHeaders?: HeaderEdits;
  rewrite?: { hostname?: string; path?: PathEdit };
  redirect?: RedirectIr;
  timeout?: number;
  backendTimeout?: number;
  /** Those without a cluster answer 500 and say why. */
  backends: { weight: number; cluster?: string; why?: string }[];
}

export type ResourceConfig = ListenerConfig | ClusterConfig | RoutesConfig;
export type ResourceType = ResourceConfig['type'];

/** `type/name`: what names a resource among all. */
export function resourceId(resource: { type: ResourceType; name: string }): string {
  return `${resource.type}/${resource.name}`;
}
