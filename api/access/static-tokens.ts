/** kube-apiserver's `--token-auth-file`: CSV lines of token, user name, user uid, and optionally groups with commas in quotes. */
import { readFileSync } from 'node:fs';
import { type UserInfo, withAuthenticated } from './user.ts';

export class TokenFileError extends Error {
  override name = 'TokenFileError';
}

/** By token. Throws `TokenFileError`, which names the file and the line. */
export function readTokenFile(file: string): Map<string, UserInfo> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new TokenFileError(`cannot read the token file ${file}: ${(error as Error).message}`);
  }
  try {
    return parseTokens(text);
  } catch (error) {
    throw new TokenFileError(`the token file ${file}: ${(error as Error).message}`);
  }
}

export function parseTokens(text: string): Map<string, UserInfo> {
  const users = new Map<string, UserInfo>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const [token = '', name = '', uid = '', groups = '', ...more] = parseLine(line, at + 1);
    if (more.length > 0) throw new TokenFileError(`line ${at + 1} has more than 4 columns; put groups in quotes: "group1,group2"`);
    if (token === '' || name === '') throw new TokenFileError(`line ${at + 1} has an empty ${token === '' ? 'token' : 'user name'}`);
    if (users.has(token)) throw new TokenFileError(`line ${at + 1} repeats a token`);
    const user: UserInfo = { name, groups: withAuthenticated(groups.split(',').filter(Boolean)) };
    users.set(token, uid ? { ...user, uid } : user);
  }
  return users;
}

function parseLine(line: string, number: number): string[] {
  const columns = [...`,${line}`.matchAll(/,\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^",]*))/g)];
  const read = columns.reduce((length, match) => length + match[0].length, 0);
  if (read !== line.length + 1) throw new TokenFileError(`line ${number} has a stray quotation mark`);
  if (columns.length < 3) {
    throw new TokenFileError(`line ${number} must have at least 3 columns (token, user name, user uid), found ${columns.length}`);
  }
  return columns.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain.trim());
}
