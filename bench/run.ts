/** `npm run bench`: every benchmark, one after the other; `npm run bench -- store proxy` runs some. Prints Markdown tables. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';

const ALL = ['cloud', 'store', 'scheduler', 'nodes', 'proxy'];
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !existsSync(join(import.meta.dirname, `${name}.ts`)));
if (unknown !== undefined) {
  console.error(`no benchmark "${unknown}"; there are ${ALL.join(', ')}`);
  process.exit(2);
}
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB`);
let failed = 0;
for (const name of asked.length > 0 ? asked : ALL) {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
