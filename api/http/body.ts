/** Reading a request's body: at most 3 MiB. */
import { failure } from '../errors.ts';
import type { HttpRequest } from './answer.ts';

/** kube-apiserver's limit for the body of a request that writes. */
const MAX_BODY = 3 * 1024 * 1024;
const EMPTY = Buffer.alloc(0);

/** Throws 413 when it is longer than 3 MiB. A client that goes away in the middle leaves this rejected, which answers no one. */
export function readBody(request: HttpRequest): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY) return Promise.reject(tooLong());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_BODY) {
        reject(tooLong());
        request.removeAllListeners('data');
        request.resume();
        return;
      }
      chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 0 ? EMPTY : chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('aborted', () => reject(failure(400, 'BadRequest', 'the client went away')));
  });
}

const tooLong = () => failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY}`);
