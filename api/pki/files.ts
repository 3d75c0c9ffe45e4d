/** Files of secrets: private, and whole or absent, whenever the process is killed. */
import { randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** The key or certificate store can't be used; the message says which file, why, and what to do. */
export class PkiError extends Error {
  override name = 'PkiError';
}

const CAUSES: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  ENOENT: 'no such file or directory',
};

const causeOf = (error: unknown) => CAUSES[(error as NodeJS.ErrnoException).code ?? ''] ?? (error as Error).message;

export function makePrivateDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    chmodSync(dir, 0o700);
  } catch (error) {
    throw new PkiError(`cannot make the directory ${dir}: ${causeOf(error)}. Choose another data directory or change its owner.`);
  }
}

/** The file's text; undefined when there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PkiError(`cannot read ${file}: ${causeOf(error)}. It has to be readable by the user who starts the API server.`);
  }
}

/** Replaces the file in one step, mode 0600. */
export function writePrivate(file: string, text: string): void {
  viaTemporary(file, text, (temporary) => renameSync(temporary, file));
}

/** Creates the file unless there is one, mode 0600. False: somebody else was first, and the file is theirs. */
export function createPrivate(file: string, text: string): boolean {
  let created = true;
  viaTemporary(file, text, (temporary) => {
    try {
      linkSync(temporary, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      created = false;
    } finally {
      unlinkSync(temporary);
    }
  });
  return created;
}

function viaTemporary(file: string, text: string, publish: (temporary: string) => void): void {
  const temporary = join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}`);
  try {
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    publish(temporary);
  } catch (error) {
    throw new PkiError(`cannot write ${file}: ${causeOf(error)}. Choose another data directory or change its owner.`);
  }
}
