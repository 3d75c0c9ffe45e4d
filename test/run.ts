/**
 * `npm test`: format and lint, types, then every test. `npm test -- scheduler/` runs the tests of a path alone; `npm run check` runs no test.
 */
import { spawnSync } from 'node:child_process';

interface Step {
  name: string;
  command: string[];
}

const argv = process.argv.slice(2);
const staticOnly = argv.includes('--static');
const paths = argv.filter((arg) => arg !== '--static');

const STATIC: Step[] = [
  { name: 'format, lint and import borders (biome)', command: ['biome', 'ci', '.'] },
  { name: 'types (tsc)', command: ['tsc', '-p', '.'] },
];
const TESTS: Step[] = [{ name: 'tests (vitest)', command: ['vitest', 'run', ...paths] }];

const steps = paths.length > 0 ? TESTS : staticOnly ? STATIC : [...STATIC, ...TESTS];
for (const { name, command } of steps) {
  console.log(`\n== ${name}`);
  const [program = '', ...args] = command;
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`\n== ${name}: failed`);
    process.exit(1);
  }
}
