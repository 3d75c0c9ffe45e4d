/** Where a list that was cut by `limit` goes on: after which key, and as of which revision. Opaque to clients. */
import { badRequest } from '../errors.ts';

export interface ContinueToken {
  /** 0: as of now (an inconsistent list, after the first part's revision has been forgotten). */
  revision: number;
  /** The last key of the part before. */
  after: string;
}

export function encodeContinue(token: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: 'kumulus/v1', rv: token.revision, after: token.after })).toString('base64url');
}

/** `prefix` is what every key of the list begins with. Throws 400. */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const token = parse(text);
  if (token?.v !== 'kumulus/v1' || typeof token.after !== 'string' || !Number.isSafeInteger(token.rv) || !token.after.startsWith(prefix)) {
    throw badRequest('continue key is not valid: it does not come from a list of the same objects');
  }
  return { revision: token.rv as number, after: token.after };
}

function parse(text: string): { v?: unknown; rv?: unknown; after?: unknown } | null {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as object | null;
  } catch {
    return null;
  }
}
