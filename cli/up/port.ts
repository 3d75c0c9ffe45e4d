/** The API server's port: free now, or a clear sentence. */
import { createServer } from 'node:net';
import { Failure } from '../failure.ts';

/** `port` 0 picks a free one. */
export function usablePort(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error: NodeJS.ErrnoException) => reject(new Failure(reasonOf(error, port, host))));
    probe.listen({ port, host }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

function reasonOf(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE') return `port ${port} on ${host} is in use; choose another with --port (0 picks a free one)`;
  if (error.code === 'EACCES') return `port ${port} needs root on this system; choose one above 1023 with --port`;
  if (error.code === 'EADDRNOTAVAIL') return `${host} is not an address of this machine; see --bind-address`;
  return `can't listen on ${host}:${port}: ${error.message}`;
}
