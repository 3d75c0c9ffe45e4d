/** Replays recorded cases of one area against a server, in a process of its own that can be given up. */
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Target {
  server: string;
  caFile: string;
  /** As --token-auth-file. */
  tokenFile: string;
}

export interface Recordings {
  /** The runner of the cases. */
  program: string;
  /** A folder of case files. */
  cases: string;
}

export interface Outcome {
  name: string;
  /** `wording`: only the message of a refusal differs. `unreached`: the time was up before. */
  result: 'passed' | 'failed' | 'wording' | 'unreached';
  /** What differed, as the runner words it. */
  lines: string[];
}

/** The names of the recorded cases by area, in the order in which they run. */
export async function readCases({ cases }: Recordings): Promise<Map<string, string[]>> {
  const files = (await readdir(cases)).filter((name) => name.endsWith('.json')).sort();
  const areas = new Map<string, string[]>();
  for (const file of files) {
    for (const { area, name } of JSON.parse(await readFile(join(cases, file), 'utf8')) as { area: string; name: string }[]) {
      areas.set(area, [...(areas.get(area) ?? []), name]);
    }
  }
  return areas;
}

/** `timeout` in ms: cases that it leaves no time for are unreached. */
export async function replayArea(
  target: Target,
  { program, cases }: Recordings,
  area: string,
  names: string[],
  timeout: number,
): Promise<Outcome[]> {
  const args = [
    'check',
    '--server',
    target.server,
    '--ca',
    target.caFile,
    '--tokens',
    target.tokenFile,
    '--area',
    area,
    '--all-steps',
    '--max-diff',
    '1000',
    cases,
  ];
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'], timeout, killSignal: 'SIGKILL' });
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const seen = parse(Buffer.concat(chunks).toString(), area);
  return names.map((name) => seen.get(name) ?? { name, result: 'unreached', lines: [] });
}

const FILE = / {3}\[[^\]]*\]$/;
const WORDING = ' (message only)';

function parse(text: string, area: string): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  let last: Outcome | undefined;
  for (const line of text.split('\n')) {
    if (line.startsWith(`ok   ${area}: `))
      outcomes.set(line.slice(area.length + 7), { name: line.slice(area.length + 7), result: 'passed', lines: [] });
    else if (line.startsWith(`FAIL ${area}: `)) {
      const rest = line.slice(area.length + 7).replace(FILE, '');
      const wording = rest.endsWith(WORDING);
      const name = wording ? rest.slice(0, -WORDING.length) : rest;
      last = { name, result: wording ? 'wording' : 'failed', lines: [] };
      outcomes.set(name, last);
    } else if (line.startsWith('     ')) last?.lines.push(line.trim());
  }
  return outcomes;
}
