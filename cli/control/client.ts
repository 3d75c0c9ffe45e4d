/** Asks a running instance. */
import { connect } from 'node:net';
import type { ControlRequest, InstanceStatus } from './protocol.ts';

export function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Undefined when nothing runs there. */
export function ask(path: string, request: ControlRequest): Promise<InstanceStatus | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text ? (JSON.parse(text) as InstanceStatus) : undefined));
    socket.on('error', () => resolve(undefined));
  });
}
