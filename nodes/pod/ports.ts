/** The ports of a pod's running containers listen, those of others don't. */
import type { Pod } from '../../client/resources.ts';
import type { Host } from '../machine/host.ts';
import type { Responder } from '../net/responder.ts';
import { envOf } from './env.ts';
import type { Kept } from './kept.ts';
import type { Container, PodRun } from './run.ts';

export interface PortFault {
  port: number;
  container: string;
  /** The socket's error code: EADDRINUSE, EACCES, … */
  code: string;
}

/** The declared TCP ports of running containers. */
export function portsOf(run: PodRun): Map<number, Container> {
  const ports = new Map<number, Container>();
  for (const { spec, state } of run.containers) {
    if (state.is !== 'running') continue;
    for (const { containerPort, protocol = 'TCP' } of spec.ports ?? []) if (protocol === 'TCP') ports.set(containerPort, spec);
  }
  return ports;
}

/** Resolves when all that can listen does, with what can't. */
export async function syncPorts(kept: Kept, pod: Pod, responder: Responder): Promise<PortFault[]> {
  const { run } = kept;
  if (!run?.address) return [];
  const wanted = portsOf(run);
  for (const port of kept.ports) if (!wanted.has(port)) close(kept, run.address, port, responder);
  const missing = [...wanted].filter(([port]) => !kept.ports.has(port));
  if (missing.length === 0) return [];
  const faults = await Promise.all(missing.map(([port, container]) => open(kept, pod, port, container, responder)));
  return faults.filter((fault) => fault !== undefined);
}

function close(kept: Kept, address: string, port: number, responder: Responder): void {
  responder.close(address, port);
  kept.ports.delete(port);
}

async function open(kept: Kept, pod: Pod, port: number, container: Container, responder: Responder): Promise<PortFault | undefined> {
  const address = kept.run?.address ?? '';
  try {
    await responder.open(port, identityOf(pod, container, kept.host, address));
  } catch (error) {
    return { port, container: container.name, code: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
  // The pod may have been let go of while the port was being opened.
  if (kept.run) kept.ports.add(port);
  else responder.close(address, port);
  return undefined;
}

function identityOf(pod: Pod, container: Container, host: Host, address: string) {
  return {
    pod: pod.metadata?.name ?? '',
    namespace: pod.metadata?.namespace ?? '',
    container: container.name,
    image: container.image ?? '',
    node: host.name,
    zone: host.zone,
    region: host.region,
    address,
    ...(container.env && { env: envOf(pod, container, { address, hostAddress: host.address }) }),
  };
}

const WHY: Record<string, string> = {
  EADDRINUSE: 'the address is in use',
  EACCES: 'ports under 1024 need more rights here',
  EADDRNOTAVAIL: 'this system has no such loopback address',
  EMFILE: 'this process has no file descriptors left',
};

export function faultMessage(address: string, { port, container, code }: PortFault): string {
  return `Container ${container} can't listen on ${address}:${port}: ${WHY[code] ?? code}`;
}
