/** `/livez` and `/readyz` over plain HTTP, for the probes of whoever runs this process. */
import type { Server } from 'node:http';
import { http } from '../../types/part/node-http.ts';
import { Failure } from '../failure.ts';
import type { InstanceStatus } from './protocol.ts';

/** Live as long as it answers; ready while all parts are. */
export function serveHealth(port: number, host: string, status: () => InstanceStatus): Promise<Server> {
  const server = http.createServer((request, response) => {
    const { state, parts } = status();
    const waiting = parts.filter((part) => part.state !== 'ready').map((part) => part.name);
    const ready = state === 'ready' && waiting.length === 0;
    if (request.url === '/livez' || request.url === '/healthz') response.end('ok');
    else if (request.url === '/readyz') response.writeHead(ready ? 200 : 503).end(ready ? 'ok' : `${state}: ${waiting.join(', ')}`);
    else response.writeHead(404).end('/livez and /readyz are here');
  });
  return new Promise((resolve, reject) => {
    server.on('error', (error) => reject(new Failure(`can't serve --healthz-port ${port} on ${host}: ${error.message}`)));
    server.listen(port, host, () => resolve(server));
  });
}
