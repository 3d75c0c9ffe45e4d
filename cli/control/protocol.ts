/** What `kumulus status` and `kumulus down` say to a running instance over its control socket: one JSON line each way. */
import type { ChildStatus } from '../supervise/child.ts';

export type ControlRequest = { command: 'status' } | { command: 'down' };

export interface InstanceStatus {
  pid: number;
  /** `starting` until all parts are ready for the first time. */
  state: 'starting' | 'ready' | 'stopping';
  server: string;
  kubeconfig: string;
  store: string;
  startedAt: string;
  parts: ChildStatus[];
}
