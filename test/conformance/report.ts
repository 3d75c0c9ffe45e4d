/** What a replay found, as a page for people and as data for programs. */
import { type Known, SAME_REVISION } from './known.ts';
import type { Outcome } from './replay.ts';

export interface AreaResult {
  area: string;
  passed: number;
  total: number;
  failing: { name: string; result: Outcome['result']; because: Known['because'] | 'loss'; reason: string }[];
  /** Cases of the table that passed: it can do without them. */
  mended: string[];
}

/** docs/conformance.json */
export interface Report {
  kubernetes: string;
  passed: number;
  total: number;
  areas: Record<string, Omit<AreaResult, 'area' | 'mended'>>;
}

/** An object has the number of an earlier one, and nothing else differs. */
function isSameRevision(lines: string[]): boolean {
  const differences = lines.filter((line) => !line.startsWith('step '));
  return (
    differences.length > 0 &&
    differences.every((line) => {
      const [, wanted, got] = /resourceVersion: expected "<rv:(\d+)>", got "<rv:(\d+)>"$/.exec(line) ?? [];
      return Number(got) < Number(wanted);
    })
  );
}

export function judge(area: string, outcomes: Outcome[], known: Record<string, Known>): AreaResult {
  const failing = outcomes
    .filter((one) => one.result !== 'passed')
    .map(({ name, result, lines }) => {
      const unknown = isSameRevision(lines) ? SAME_REVISION : { because: 'loss' as const, reason: lines.slice(0, 2).join(' ') };
      const { because, reason } = known[name] ?? unknown;
      return { name, result, because, reason };
    });
  const mended = outcomes.filter(({ name, result }) => result === 'passed' && known[name] && known[name].because !== 'chance');
  return { area, passed: outcomes.length - failing.length, total: outcomes.length, failing, mended: mended.map(({ name }) => name) };
}

export function reportOf(results: AreaResult[]): Report {
  const sum = (of: 'passed' | 'total') => results.reduce((all, result) => all + result[of], 0);
  const areas = Object.fromEntries(results.map(({ area, mended: _, ...rest }) => [area, rest]));
  return { kubernetes: 'v1.36.2', passed: sum('passed'), total: sum('total'), areas };
}

/** What is worse than it was, in sentences. Cases that pass by chance don't count. */
export function losses(results: AreaResult[], before: Report | undefined): string[] {
  const found: string[] = [];
  for (const { area, passed, total, failing } of results) {
    for (const one of failing) if (one.because === 'loss') found.push(`${area}: ${one.name}: ${one.result}: ${one.reason}`);
    const was = before?.areas[area];
    const byChance = failing.filter(({ because }) => because === 'chance').length;
    if (was && passed + byChance < was.passed) found.push(`${area}: ${passed} of ${total} pass, it was ${was.passed} of ${was.total}`);
  }
  return found;
}

const BECAUSE = { choice: 'on purpose', missing: 'not done yet', chance: 'by chance', loss: 'a loss' };

export function pageOf(results: AreaResult[]): string {
  const { passed, total, kubernetes } = reportOf(results);
  const differences = results.flatMap(({ area, failing }) =>
    failing.map((one) => [area, one.name, differsIn(one.result), `${BECAUSE[one.because]}: ${one.reason}`]),
  );
  const lines = [
    '# Conformance',
    '',
    `Recorded requests to kube-apiserver ${kubernetes}, replayed against this server: status, headers, warnings and the whole body must be`,
    `the same, but for what differs from run to run. **${passed} of ${total} cases pass.** \`npm run conformance\` makes this page`,
    'and `conformance.json`; it fails when a case is lost.',
    '',
    ...table([['area', 'passed', 'of'], ...results.map(({ area, passed: p, total: t }) => [area, String(p), String(t)])]),
    '',
    '## Where we differ',
    '',
    '"Wording" means that only the text of a refusal differs: its status, reason and causes are the same.',
    '',
    ...table([['area', 'case', 'differs in', 'why'], ...differences]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Rows of Markdown, the first of them the head, in columns of one width each as the formatter wants them. */
function table(rows: string[][]): string[] {
  const cells = rows.map((row) => row.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')));
  const widths = (cells[0] ?? []).map((_, i) => Math.max(3, ...cells.map((row) => row[i]?.length ?? 0)));
  const lines = cells.map((row) => `| ${row.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`);
  return [...lines.slice(0, 1), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)];
}

const differsIn = (result: Outcome['result']) =>
  result === 'wording' ? 'wording' : result === 'unreached' ? 'no answer in time' : 'the answer';
