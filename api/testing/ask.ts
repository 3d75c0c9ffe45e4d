/** Plain requests to a test server, as any HTTP client would make them. */
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { TestApi } from '../testing.ts';

// biome-ignore lint/suspicious/noExplicitAny: whatever the server answers
export type Body = any;

export interface Asked {
  status: number;
  headers: IncomingMessage['headers'];
  body: Body;
}

type Server = Pick<TestApi, 'url' | 'tokenConnection'>;

function send(api: Server, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const { ca, token } = api.tokenConnection;
  const sent = body === undefined ? undefined : JSON.stringify(body);
  const own = { authorization: `Bearer ${token}`, ...(sent === undefined ? {} : { 'content-type': 'application/json' }) };
  return new Promise((resolve, reject) => {
    const outgoing = request(`${api.url}${path}`, { method, ca, headers: { ...own, ...headers } }, resolve);
    outgoing.on('error', reject);
    outgoing.end(sent);
  });
}

/** The body is JSON, or text where it is not. */
export async function ask(api: Server, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Asked> {
  const answer = await send(api, method, path, body, headers);
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const json = answer.headers['content-type']?.startsWith('application/json') && text !== '';
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: json ? JSON.parse(text) : text };
}

/** The events of a watch, until the caller stops. */
export async function* watchLines(api: Server, path: string): AsyncGenerator<{ type: string; object: Body }> {
  const answer = await send(api, 'GET', path);
  let rest = '';
  try {
    for await (const chunk of answer) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line);
    }
  } finally {
    answer.destroy();
  }
}
