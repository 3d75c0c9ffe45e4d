/** Answers of the proxy's own. */

import type { ServerResponse } from 'node:http';
import { http } from '../../../types/part/node-http.ts';
import type { OwnAnswer } from './choice.ts';

export function answer(response: ServerResponse, own: OwnAnswer): void {
  const body = `${own.text}\n`;
  response.writeHead(own.status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-kumulus-mesh': own.why,
    ...(own.location !== undefined && { location: own.location }),
  });
  response.end(body);
}

/** The same for a socket that has no response object (an upgrade that is refused). Closes it. */
export function rawAnswer(own: OwnAnswer): string {
  const body = `${own.text}\n`;
  return [
    `HTTP/1.1 ${own.status} ${http.STATUS_CODES[own.status] ?? ''}`,
    'content-type: text/plain; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-kumulus-mesh: ${own.why}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
