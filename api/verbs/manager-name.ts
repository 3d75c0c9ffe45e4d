import type { HttpRequest } from '../http/answer.ts';

/** As long as a fieldManager may be, in bytes. */
const MAX_MANAGER = 128;

/** The fieldManager of a request, or what stands before the first slash of its user agent. */
export function managerOf(request: HttpRequest, fieldManager: string): string {
  if (fieldManager !== '') return fieldManager;
  const [agent = ''] = (request.headers['user-agent'] ?? '').split('/', 1);
  let manager = '';
  for (const char of agent) {
    if (!/[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(char) || Buffer.byteLength(manager + char) > MAX_MANAGER) continue;
    manager += char;
  }
  return manager;
}
