/**
 * Every instance has a /12 block of 127.0.0.0/8 to itself, so that several run beside each other: the first /16 for Services, the second
 * for machines, the upper half for pods. A block is held by listening on one of its addresses: the hold ends with the process,
 * however it ends.
 */
import { createServer, type Server } from 'node:net';
import { Failure } from '../failure.ts';

export interface AddressBlock {
  /** 1 to 15; block 0 is the host's own (127.0.0.1 and its neighbours). */
  block: number;
  services: string;
  machines: string;
  pods: string;
  /** The API's own address as a Service (`kubernetes.default`). */
  kubernetes: string;
  release(): void;
}

const BLOCKS = Array.from({ length: 15 }, (_, i) => i + 1);
const HOLD_PORT = 10_249;

function hold(block: number): Promise<Server | 'taken' | 'unsupported'> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'EADDRINUSE' ? 'taken' : 'unsupported'));
    server.listen({ host: `127.${block * 16 + 1}.255.254`, port: HOLD_PORT }, () => {
      server.unref();
      resolve(server);
    });
  });
}

function describe(block: number, release: () => void): AddressBlock {
  const first = block * 16;
  return {
    block,
    services: `127.${first}.0.0/16`,
    machines: `127.${first + 1}.0.0/16`,
    pods: `127.${first + 8}.0.0/13`,
    kubernetes: `127.${first}.0.1`,
    release,
  };
}

/** Takes `wanted`, or the first block that is free when none is wanted yet. */
export async function takeAddresses(wanted: number | undefined): Promise<AddressBlock> {
  for (const block of wanted ? [wanted] : BLOCKS) {
    const held = await hold(block);
    if (held === 'unsupported') return describe(block, () => {});
    if (held !== 'taken') return describe(block, () => void held.close());
  }
  if (wanted) {
    throw new Failure(
      `the addresses 127.${wanted * 16}.0.0/12 of this data directory are in use by another kumulus; stop that one (kumulus down) or use a fresh --data-dir`,
    );
  }
  throw new Failure(`all ${BLOCKS.length} address blocks of 127.0.0.0/8 are in use by running instances; stop one of them (kumulus down)`);
}
