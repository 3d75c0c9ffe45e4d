/** The API server's flags, named as kube-apiserver's; only those that do something. */
import {
  durationFlag,
  type Flag,
  FlagError,
  type Flags,
  listFlag,
  numberFlag,
  type OptionsOf,
  switchFlag,
  textFlag,
} from '../types/part/flags.ts';

export const flags = {
  'bind-address': textFlag('127.0.0.1', '<address>', 'the address to listen on, of 127.0.0.0/8 or ::1'),
  'secure-port': numberFlag(6443, 'the port to listen on; 0: any free one', { max: 65_535 }),
  'token-auth-file': textFlag('', '<file>', 'a CSV file of static tokens: token,user,uid,"group1,group2"'),
  'anonymous-auth': switchFlag(true, 'take requests without credentials for system:anonymous'),
  'authorization-mode': authorizationFlag(),
  'service-account-issuer': textFlag('https://kubernetes.default.svc', '<url>', 'the issuer of ServiceAccount tokens'),
  'service-cluster-ip-range': rangeFlag('10.96.0.0/16', 'the IPv4 range of the Services’ cluster IPs'),
  'service-node-port-range': portsFlag('30000-32767', 'the ports of Services of type NodePort'),
  'disable-admission-plugins': listFlag([], '<plugin,...>', 'admission plugins to leave out'),
  'default-not-ready-toleration-seconds': numberFlag(300, 'how long a pod tolerates a node that is not ready'),
  'default-unreachable-toleration-seconds': numberFlag(300, 'how long a pod tolerates a node that is unreachable'),
  'event-ttl': durationFlag('1h', 'how long events are kept'),
} satisfies Flags;

export type ApiOptions = OptionsOf<typeof flags>;

/** An IPv4 range: its first address as a number, and its number of addresses. */
export interface AddressRange {
  text: string;
  first: number;
  size: number;
}

export interface PortRange {
  first: number;
  last: number;
}

function rangeFlag(text: string, description: string): Flag<AddressRange> {
  return { argument: '<cidr>', description, default: parseRange(text), defaultText: text, parse: parseRange };
}

/** `10.96.0.0/16`. Throws `FlagError`. */
export function parseRange(text: string): AddressRange {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const bytes = match?.slice(1, 5).map(Number) ?? [];
  const bits = Number(match?.[5]);
  if (!match || bytes.some((b) => b > 255) || bits < 8 || bits > 30) {
    throw new FlagError(`"${text}" is not an IPv4 range of /8 to /30; write it as 10.96.0.0/16`);
  }
  const size = 2 ** (32 - bits);
  const address = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  return { text, first: address - (address % size), size };
}

function portsFlag(text: string, description: string): Flag<PortRange> {
  const parse = (given: string): PortRange => {
    const [, first, last] = /^(\d{1,5})-(\d{1,5})$/.exec(given) ?? [];
    const range = { first: Number(first), last: Number(last) };
    if (!first || !last || range.first < 1 || range.last > 65_535 || range.first > range.last) {
      throw new FlagError(`"${given}" is not a range of ports; write it as 30000-32767`);
    }
    return range;
  };
  return { argument: '<first-last>', description, default: parse(text), defaultText: text, parse };
}

type AuthorizationMode = 'RBAC' | 'AlwaysAllow';

function authorizationFlag(): Flag<AuthorizationMode> {
  const parse = (text: string): AuthorizationMode => {
    if (text === 'RBAC' || text === 'AlwaysAllow') return text;
    throw new FlagError(`"${text}" is not served; use RBAC or AlwaysAllow`);
  };
  return { argument: '<mode>', description: 'how requests are authorised: RBAC, or AlwaysAllow', default: 'RBAC', parse };
}
