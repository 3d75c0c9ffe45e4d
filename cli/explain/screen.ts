/** An explanation for people. */
import type { NodeExplanation, PluginVerdict, PodExplanation } from '../../scheduler/explain/explain-pod.ts';
import { columns } from '../text-table.ts';

/** Nodes of one kind that are shown unless all are asked for. */
const SHOWN = 15;

function headline({ pod, schedulerName, state, runsOn, result, best = [], message, preemption }: PodExplanation): string {
  const is = state === 'running' ? `runs on ${runsOn}` : `is ${state}`;
  const lines = [`Pod ${pod} ${is} (profile ${schedulerName}).`];
  if (result === 'placed') {
    const others = best.length > 1 ? `, or on one of ${best.length - 1} others that are as good` : '';
    lines.push(`${state === 'running' ? 'Without it, it' : 'It'} would go to ${best[0]}${others}.`);
  } else lines.push(message ?? '');
  if (preemption) lines.push(`Room would be made on ${preemption.node} by removing ${preemption.victims.join(', ')}.`);
  return lines.join('\n');
}

function scoreTable(nodes: NodeExplanation[]): string {
  const plugins = nodes[0]?.scores ?? [];
  const head = ['NODE', 'TOTAL', ...plugins.map(({ plugin, weight }) => (weight === 1 ? plugin : `${plugin}×${weight}`))];
  const rows = nodes.map((node) => [node.node, String(node.total), ...(node.scores ?? []).map(({ score }) => String(score))]);
  return columns([head, ...rows], new Set(head.map((_, i) => i).slice(1)));
}

const refusals = (node: NodeExplanation) => node.verdicts.filter((verdict) => !verdict.passes);

function whyNot(verdict: PluginVerdict): string {
  return `${verdict.plugin}: ${(verdict.change ?? verdict.reasons ?? []).join('; ')}`;
}

/** Nodes that are refused for the very same reasons are one row. */
function refusedTable(nodes: NodeExplanation[], all: boolean): string {
  const groups = new Map<string, string[]>();
  for (const node of nodes) {
    const why = refusals(node).map(whyNot).join('\n');
    groups.set(why, [...(groups.get(why) ?? []), node.node]);
  }
  const byCount = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const rows = byCount.slice(0, all ? undefined : SHOWN).flatMap(([why, names]) => {
    const [first = '', ...more] = why.split('\n');
    const who = names.length > 2 && !all ? `${names[0]} and ${names.length - 1} more` : names.join(', ');
    return [[who, first], ...more.map((line) => ['', line])];
  });
  const left = byCount.length - rows.filter(([who]) => who).length;
  return columns([['NODE', 'WHAT WOULD HAVE TO CHANGE'], ...rows]) + (left > 0 ? `\n… and ${left} more kinds of refusal (--all)` : '');
}

export function podScreen(explained: PodExplanation, all: boolean): string {
  const feasible = explained.nodes.filter((node) => node.feasible);
  const refused = explained.nodes.filter((node) => !node.feasible);
  const parts = [headline(explained)];
  if (feasible.length > 0) {
    const shown = feasible.slice(0, all ? undefined : SHOWN);
    const more = feasible.length > shown.length ? `\n… and ${feasible.length - shown.length} more (--all)` : '';
    parts.push(
      `${feasible.length} of ${explained.nodes.length} nodes can take it. Scores, 0 to 100, times their weights:\n${scoreTable(shown)}${more}`,
    );
  }
  if (refused.length > 0) parts.push(`${refused.length} of ${explained.nodes.length} nodes can't:\n${refusedTable(refused, all)}`);
  return parts.join('\n\n');
}

/** All about one node: every verdict, every score, and what the best node has that it lacks. */
export function nodeScreen(explained: PodExplanation, node: NodeExplanation): string {
  const verdicts = node.verdicts.map(({ plugin, passes, reasons = [], change = [] }) => [
    plugin,
    passes ? 'passes' : 'refuses',
    [reasons.join(', '), ...change].filter(Boolean).join(' → '),
  ]);
  const parts = [
    headline(explained),
    `Node ${node.node}:\n${columns([['FILTER', 'VERDICT', 'WHY → WHAT WOULD HAVE TO CHANGE'], ...verdicts])}`,
  ];
  if (node.scores) parts.push(comparison(node, explained.nodes.find((other) => other.feasible) as NodeExplanation));
  return parts.join('\n\n');
}

function comparison(node: NodeExplanation, best: NodeExplanation): string {
  const head = ['SCORE', 'WEIGHT', node.node, ...(best === node ? [] : [`${best.node} (best)`])];
  const rows = (node.scores ?? []).map(({ plugin, score, weight }, i) => {
    const other = best === node ? [] : [String(best.scores?.[i]?.score ?? 0)];
    return [plugin, String(weight), String(score), ...other];
  });
  const total = ['total', '', String(node.total), ...(best === node ? [] : [String(best.total)])];
  const table = columns([head, ...rows, total], new Set([1, 2, 3]));
  return node.total === best.total ? `${table}\nNo node is better.` : table;
}
