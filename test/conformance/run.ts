/**
 * `npm run conformance`: what kube-apiserver was recorded to answer, asked of this server; `-- AREA...` for some areas alone. Ends with 1 when
 * a case fails that test/conformance/known.ts does not know of, or fewer of an area pass than docs/conformance.json says (`-- --accept`: that
 * is meant). Else, and with all areas, it writes that file and docs/conformance.md anew.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestApi, type TestConnection } from '../../api/testing.ts';
import { createClient } from '../../client/connect.ts';
import { httpTransport } from '../../client/http.ts';
import { storageClasses } from '../../client/resources.ts';
import { realClock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import { systemRandom } from '../../types/part/random.ts';
import { KNOWN } from './known.ts';
import { type Recordings, readCases, replayArea, type Target } from './replay.ts';
import { type AreaResult, judge, losses, pageOf, type Report, reportOf } from './report.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RECORDINGS: Recordings = {
  program: join(ROOT, '..', 'shared', 'golden', 'golden.mjs'),
  cases: join(ROOT, '..', 'shared', 'golden', 'cases-public'),
};
const PAGE = join(ROOT, 'docs', 'conformance.md');
const ACCEPT = '--accept';
const DATA = join(ROOT, 'docs', 'conformance.json');

/** An area may take so long; all of them together stay under four minutes. */
const AREA_TIMEOUT_MS = 60_000;
/** Webhooks that an area leaves behind when its time is up would trouble all that follow. */
const LAST = ['admission'];

async function main(wanted: string[]): Promise<number> {
  if (!existsSync(RECORDINGS.program)) {
    console.log(`conformance: skipped: there are no recorded cases at ${RECORDINGS.cases}`);
    return 0;
  }
  const dir = await mkdtemp(join(tmpdir(), 'kumulus-conformance-'));
  try {
    return await conform(dir, wanted);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function conform(dir: string, wanted: string[]): Promise<number> {
  const areas = wanted.filter((word) => word !== ACCEPT);
  const results = await replayAll(dir, areas);
  const before = existsSync(DATA) ? (JSON.parse(await readFile(DATA, 'utf8')) as Report) : undefined;
  const report = reportOf(results);
  console.log(`${report.passed} of ${report.total} cases pass`);
  for (const { area, mended } of results) for (const name of mended) console.log(`mended, take it out of known.ts: ${area}: ${name}`);
  const lost = losses(results, wanted.includes(ACCEPT) ? undefined : before);
  for (const one of lost) console.error(`LOST ${one}`);
  if (lost.length > 0) return 1;
  if (areas.length === 0) {
    await writeFile(DATA, `${JSON.stringify(report, null, 2)}\n`);
    await writeFile(PAGE, pageOf(results));
  }
  return 0;
}

/** One server for all areas, as the cases were recorded: no controllers, no ServiceAccount admission, no default StorageClass. */
async function replayAll(dir: string, wanted: string[]): Promise<AreaResult[]> {
  const target: Target = { server: '', caFile: join(dir, 'ca.crt'), tokenFile: join(dir, 'tokens.csv') };
  await writeFile(target.tokenFile, 'admin-token,admin,golden-admin,system:masters\nalice-token,alice,golden-alice\n');
  const api = await startTestApi({ flags: { 'token-auth-file': target.tokenFile, 'disable-admission-plugins': ['ServiceAccount'] } });
  try {
    await removeDefaultClass(api.adminConnection);
    target.server = api.url;
    await writeFile(target.caFile, api.connection.ca);
    const cases = await readCases(RECORDINGS);
    const areas = [...cases].filter(([area]) => wanted.length === 0 || wanted.includes(area));
    const results: AreaResult[] = [];
    for (const [area, names] of areas.sort(([a], [b]) => Number(LAST.includes(a)) - Number(LAST.includes(b)))) {
      const outcomes = await replayArea(target, RECORDINGS, area, names, AREA_TIMEOUT_MS);
      const result = judge(area, outcomes, KNOWN[area] ?? {});
      console.log(`${area.padEnd(18)} ${result.passed} of ${result.total}`);
      results.push(result);
    }
    return results.sort((a, b) => (a.area < b.area ? -1 : 1));
  } finally {
    await api.stop();
  }
}

async function removeDefaultClass(connection: TestConnection): Promise<void> {
  const client = createClient(httpTransport(connection), { clock: realClock, random: systemRandom(), log: silentLog });
  await client.delete(storageClasses, { name: 'standard' });
  client.close();
}

process.exitCode = await main(process.argv.slice(2));
