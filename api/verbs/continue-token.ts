/** Where a list that was cut by `limit` goes on: after which key, and as of which revision. Opaque to clients. */
import { badRequest } from '../errors.ts';
import { explainJson } from './json-error.ts';

export interface ContinueToken {
  /** 0: as of now (an inconsistent list, after the first part's revision has been forgotten). */
  revision: number;
  /** The last key of the part before. */
  after: string;
}

const VERSION = 'meta.k8s.io/v1';

export function encodeContinue(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: token.revision, start: token.after })).toString('base64url');
}

/** `prefix` is what every key of the list begins with. Throws 400, worded as Kubernetes words it. */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const token = parse(Buffer.from(text, 'base64url').toString());
  if (token.v !== VERSION) throw refused(`server does not recognize this encoded version ${token.v}`);
  if (!Number.isSafeInteger(token.rv) || token.rv < 0) throw refused('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof token.start !== 'string' || token.start === '') throw refused('encoded start key empty (version meta.k8s.io/v1)');
  if (!token.start.startsWith(prefix)) throw refused(`${token.start}`);
  return { revision: token.rv, after: token.start };
}

interface Parsed {
  v: unknown;
  rv: number;
  start: unknown;
}

function parse(json: string): Parsed {
  try {
    return (JSON.parse(json) ?? {}) as Parsed;
  } catch {
    throw refused(explainJson(json));
  }
}

const refused = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
