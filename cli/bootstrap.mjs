/**
 * The first step of every npm script, in plain JavaScript for whatever Node is at hand: installs the packages when they are missing or
 * out of date, then goes on with the Node that the project pins (node_modules/.bin/node). Says what it does; downloads nothing else.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const stamp = join(root, 'node_modules', '.kumulus-installed');
const lock = join(root, 'package-lock.json');

const scripts = {
  up: ['cli/kumulus.ts', 'up'],
  test: ['test/run.ts'],
  check: ['test/run.ts', '--static'],
  bench: ['bench/run.ts'],
  conformance: ['test/conformance/run.ts'],
};

/** The oldest Node that runs the sources as they are (type stripping, node:sqlite). */
const OLDEST_NODE = 24;

function installed() {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(lock, 'utf8');
}

function install() {
  process.stderr.write('kumulus: installing packages (npm ci), once …\n');
  const done = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (done.status !== 0) {
    process.stderr.write('kumulus: npm ci failed (see above); mend that and run the command again\n');
    process.exit(1);
  }
  writeFileSync(stamp, readFileSync(lock));
}

function pinnedNode() {
  const own = join(bin, 'node');
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return process.execPath;
  process.stderr.write(
    `kumulus: this system has no packaged Node of ours; install Node ${OLDEST_NODE} or newer and run the command again\n`,
  );
  return process.exit(1);
}

function goOn(node, args) {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
  if (typeof process.execve === 'function') process.execve(node, [node, ...args], env);
  const child = spawn(node, args, { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}

const [script = '', ...rest] = process.argv.slice(2);
const found = scripts[script];
if (!found) {
  process.stderr.write(`kumulus: no script "${script}"; there are ${Object.keys(scripts).join(', ')}\n`);
  process.exit(2);
}
if (!installed()) install();
const [file = '', ...first] = found;
goOn(pinnedNode(), ['--disable-warning=ExperimentalWarning', join(root, file), ...first, ...rest]);
