/** What the process of a part is told by the supervisor. Plain data: it crosses a process border. */
import type { Connection } from '../../client/connection.ts';

export interface PartConfig {
  logFile: string;
  logLevel: string;
  /** Parsed values of the part's own flags. */
  options: Record<string, unknown>;
  /** Where the API is and who the part is there. Absent for the API itself. */
  connection?: Connection;
  /** Of parts that keep durable work. Absent: in memory. */
  redis?: string;
  /** The socket over which the mesh's controller programs its proxies. */
  meshSocket: string;
  /** Of the API alone. */
  api?: ApiConfig;
}

export interface ApiConfig {
  store: { kind: 'redis'; url: string } | { kind: 'embedded'; file: string };
  /** Directory of the certificates. */
  pki: string;
  /** Names and addresses in the server's certificate, beyond the usual. */
  hosts: string[];
  /** Where the parts reach it, and who they are there by their tokens. */
  local: { socket: string; users: [token: string, user: { name: string; groups: string[] }][] };
}
