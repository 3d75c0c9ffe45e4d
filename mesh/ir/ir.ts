/**
 * The intermediate form: what the user asked of the mesh, checked, with every name resolved, as plain data. It knows nothing of how a
 * proxy is configured (that is config/), and nothing of how it was written (that is the API's objects).
 */
import type { Condition, ParentReference } from '../gateway/types.ts';

/** A Service as a front: the addresses that clients call. */
export interface ServiceIr {
  /** `namespace/name` */
  name: string;
  /** Its cluster IPs. Empty for a headless Service, which is only a backend. */
  addresses: string[];
  ports: PortIr[];
  /** Ports that nothing can carry; each is told to the user in an event. */
  refused: { port: number; why: string }[];
}

export interface PortIr {
  number: number;
  /** Also listened on, on the loopback address, when set. */
  nodePort?: number;
  cluster: string;
  /** The Service declares that it speaks HTTP/1.1 here (appProtocol). */
  http: boolean;
  /** Accepted routes that name this port as a parent. */
  routes: AttachedRoute[];
}

export interface AttachedRoute {
  /** `namespace/name` */
  name: string;
  /** RFC 3339; the older of two routes wins a tie. */
  created: string;
  rules: RuleIr[];
}

/** A Service's port as a backend: the addresses that answer. Named `namespace/service:port`. */
export interface ClusterIr {
  name: string;
  /** Seconds that a client address stays with an endpoint (sessionAffinity ClientIP). Absent: any endpoint. */
  affinitySeconds?: number;
  /** `address:port`, sorted; those that are ready, or, when none is, those that still serve while they terminate. */
  endpoints: string[];
}

export interface HeaderEdits {
  set: [name: string, value: string][];
  add: [name: string, value: string][];
  remove: string[];
}

export type PathEdit = { full: string } | { prefix: string };

export interface RedirectIr {
  scheme?: string;
  hostname?: string;
  port?: number;
  path?: PathEdit;
  status: number;
}

export interface MatchIr {
  path: { exact: string } | { prefix: string };
  method?: string;
  /** Names in lower case. */
  headers: [name: string, value: string][];
  query: [name: string, value: string][];
}

/** Where a share of a rule's requests goes: to a cluster, or, where the reference can't be resolved, to an answer 500. */
export type BackendIr = { weight: number; cluster: string } | { weight: number; broken: string };

export interface RuleIr {
  /** Its place in the route. */
  index: number;
  matches: MatchIr[];
  requestHeaders?: HeaderEdits;
  responseHeaders?: HeaderEdits;
  rewrite?: { hostname?: string; path?: PathEdit };
  redirect?: RedirectIr;
  /** Milliseconds for the whole request, and for one try at a backend. Absent: no limit. */
  timeout?: number;
  backendTimeout?: number;
  backends: BackendIr[];
  /** Why every request of this rule is answered with 500. */
  broken?: string;
}

/** A condition before it is dated. */
export type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** A route resolved against the world. */
export interface RouteIr {
  name: string;
  created: string;
  rules: RuleIr[];
  parents: ParentIr[];
}

/** One parentRef of kind Service and what came of it. Other kinds of parents belong to other controllers. */
export interface ParentIr {
  ref: ParentReference;
  /** `namespace/name` */
  service: string;
  /** The ports that the route is attached to; none when it was not accepted. */
  ports: number[];
  verdicts: Verdict[];
}
