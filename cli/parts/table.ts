/**
 * The parts of a cloud, in start order. Each is a process of its own (the mesh is two), works for the API alone, and may be started
 * without the others (`--only`).
 */
import { flags as fullApiFlags } from '../../api/options.ts';
import type { ClientName } from '../../api/pki/pki.ts';
import { controllerFlags } from '../../controllers/options.ts';
import { flags as meshFlags } from '../../mesh/options.ts';
import { nodesFlags } from '../../nodes/options.ts';
import { flags as schedulerFlags } from '../../scheduler/options.ts';
import type { Flags } from '../../types/part/flags.ts';

// `kumulus up` has its own word for the port.
const { 'secure-port': _port, ...apiFlags } = fullApiFlags;

export interface PartEntry {
  /** For --help. */
  about: string;
  flags: Flags;
  /** The processes it runs as, in start order (parts/start.ts knows how). */
  processes: string[];
  /** Whose certificate it shows to the API. The API itself has none. */
  identity?: ClientName;
}

export const PARTS: Record<string, PartEntry> = {
  // Serves the Kubernetes API out of the store; subscribes to the store's log. All else speaks to it alone.
  api: { about: 'the API server', flags: apiFlags, processes: ['api'] },
  // Watches specs and makes the world follow: workloads, endpoints, namespaces, garbage, machines.
  controllers: { about: 'the controllers', flags: controllerFlags, processes: ['controllers'], identity: 'controller-manager' },
  // Watches pods without a node and binds them.
  scheduler: { about: 'the scheduler', flags: schedulerFlags, processes: ['scheduler'], identity: 'scheduler' },
  // Watches machines and the pods bound to them, runs them, writes their status.
  nodes: { about: 'the simulated machines', flags: nodesFlags, processes: ['nodes'], identity: 'nodes' },
  // `mesh` watches Services, endpoints and routes and programs `proxy`, which carries the traffic and needs no API.
  mesh: { about: 'the service mesh', flags: meshFlags, processes: ['mesh', 'proxy'], identity: 'mesh' },
};
