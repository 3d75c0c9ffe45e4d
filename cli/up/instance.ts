/** The data directory of an instance: made, checked, and what is remembered in it from one start to the next. */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../failure.ts';

export interface Instance {
  dir: string;
  logs: string;
  kubeconfig: string;
  /** Directory of the components' own. */
  kubeconfigs: string;
  pki: string;
}

/** What must stay the same for the life of a data directory. */
export interface Remembered {
  /** Which store its objects are in. */
  store: 'redis' | 'embedded';
  /** Of an external Redis: the URL that it was started with. */
  redis?: string;
  /** The /12 block of 127.0.0.0/8 (1 to 15) that its Services, machines and pods have their addresses from. */
  block: number;
}

export function openInstance(dataDir: string): Instance {
  const dir = resolve(dataDir);
  try {
    if (existsSync(dir) && !statSync(dir).isDirectory()) throw new Failure(`${dir} is not a directory; choose another with --data-dir`);
    makeDirectory(join(dir, 'logs'));
    chmodSync(dir, 0o700);
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new Failure(`can't use the data directory ${dir} (${code}); make it readable and writable or choose another with --data-dir`);
  }
  return {
    dir,
    logs: join(dir, 'logs'),
    kubeconfig: join(dir, 'kubeconfig'),
    kubeconfigs: join(dir, 'kubeconfigs'),
    pki: join(dir, 'pki'),
  };
}

/** With its parents, one by one: Node's own `recursive` never ends where the system refuses with ENOENT (/proc). */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

const file = (instance: Instance) => join(instance.dir, 'instance.json');

/** Undefined for a new data directory. */
export function recall(instance: Instance): Remembered | undefined {
  if (!existsSync(file(instance))) return undefined;
  try {
    const value = JSON.parse(readFileSync(file(instance), 'utf8')) as Partial<Remembered>;
    const known = value.store === 'redis' || value.store === 'embedded';
    if (known && Number.isInteger(value.block)) return value as Remembered;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw new Failure(`can't read ${file(instance)} (${(error as Error).message})`);
  }
  throw new Failure(`${file(instance)} is damaged; restore it, or start with a fresh --data-dir`);
}

export function remember(instance: Instance, value: Remembered): void {
  const temporary = `${file(instance)}.new`;
  writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, file(instance));
}
