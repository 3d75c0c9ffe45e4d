import { connect } from 'node:net';

/** `silent`: nobody listens, or not yet; `busy`: a server that is still loading its data. */
export type PingAnswer = 'ready' | 'busy' | 'silent';

/** Asks a Redis on a Unix socket whether it is there, without loading a client library. */
export function ping(socket: string): Promise<PingAnswer> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    const settle = (answer: PingAnswer) => {
      connection.destroy();
      resolve(answer);
    };
    connection.once('connect', () => connection.write('PING\r\n'));
    connection.once('data', (reply) => settle(reply.toString('latin1', 0, 5) === '+PONG' ? 'ready' : 'busy'));
    connection.once('error', () => settle('silent'));
    connection.once('close', () => settle('silent'));
  });
}
