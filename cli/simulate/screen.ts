/** A simulation for people. */
import type { MachinePlan } from '../../scheduler/simulate/machines/plan.ts';
import type { Measures } from '../../scheduler/simulate/measures.ts';
import type { SimulationAnswer } from '../../scheduler/simulate/request.ts';
import type { Simulation } from '../../scheduler/simulate/simulate.ts';
import { columns } from '../text-table.ts';

const SHOWN = 20;

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const money = (amount: number) => amount.toFixed(3);

/** At most so many lines; the rest as a number. */
function some(lines: string[]): string {
  return lines.slice(0, SHOWN).join('\n') + (lines.length > SHOWN ? `\n… and ${lines.length - SHOWN} more (-o json has all)` : '');
}

function amount(resource: string, value: number): string {
  return resource.includes('memory') || resource.includes('storage')
    ? `${(value / 2 ** 30).toFixed(1)}Gi`
    : String(Math.round(value * 1000) / 1000);
}

/** One line for each figure. */
function figures(measures: Measures): [name: string, value: string][] {
  const { utilisation, spread, cost } = measures;
  const zones = Object.entries(spread.podsByZone);
  return [
    ['nodes (with pods)', `${measures.nodes} (${measures.nodesUsed})`],
    ['pods on nodes', String(measures.pods)],
    ...Object.entries(utilisation).map(([name, { requested, allocatable, share }]): [string, string] => [
      name,
      `${percent(share)} (${amount(name, requested)} of ${amount(name, allocatable)})`,
    ]),
    ['fragmentation', percent(measures.fragmentation)],
    ['deviation of cpu over nodes', percent(spread.standardDeviationOfCpu)],
    ['most of a workload on one node', percent(spread.mostOnOneNode)],
    ...(zones.length > 1
      ? ([
          ['most of a workload in one zone', percent(spread.mostInOneZone)],
          ['pods by zone', zones.map(([zone, pods]) => `${zone} ${pods}`).join(', ')],
        ] as [string, string][])
      : []),
    ['cost per hour (of nodes with pods)', `${money(cost.perHour)} (${money(cost.perHourUsed)})`],
  ];
}

function table(heads: string[], all: Measures[]): string {
  const each = all.map(figures);
  const names = [...new Set(each.flatMap((list) => list.map(([name]) => name)))];
  const rows = names.map((name) => [name, ...each.map((list) => list.find(([other]) => other === name)?.[1] ?? '-')]);
  return columns([['', ...heads], ...rows]);
}

function placements({ placed }: Simulation): string {
  const byNode = new Map<string, number>();
  for (const { node } of placed) byNode.set(node, (byNode.get(node) ?? 0) + 1);
  if (placed.length <= SHOWN) return columns([['POD', 'NODE'], ...placed.map(({ pod, node }) => [pod, node])]);
  const rows = [...byNode].sort(([, a], [, b]) => b - a).map(([node, pods]) => `${node} ${pods}`);
  return `by node: ${rows.slice(0, SHOWN).join(', ')}${rows.length > SHOWN ? `, … (${rows.length} nodes)` : ''}`;
}

function outcome(simulation: Simulation): string[] {
  const { placed, refused, preempted, lost, fit } = simulation;
  const parts: string[] = [];
  for (const { node, again, gone } of lost) {
    const left = gone.length > 0 ? `; gone with it: ${some(gone)}` : '';
    parts.push(`Without ${node}: ${again.length} pods are placed anew${left}`);
  }
  parts.push(`${placed.length} pods placed, ${refused.length} refused, ${preempted.length} preempted.`);
  if (placed.length > 0) parts.push(placements(simulation));
  if (refused.length > 0) parts.push(`Refused:\n${some(refused.map(({ pod, message }) => `  ${pod}: ${message}`))}`);
  if (preempted.length > 0) parts.push(`Preempted:\n${some(preempted.map(({ pod, by }) => `  ${pod} by ${by}`))}`);
  if (fit) {
    const of = fit.podsPerCopy > 1 ? ` of ${fit.podsPerCopy} pods each` : '';
    parts.push(`${fit.copies} more copies${of} fit${fit.limit ? `; then: ${fit.limit}` : ' at least'}`);
  }
  return parts;
}

function machineScreen(plan: MachinePlan): string {
  const list = Object.entries(plan.machines).map(([name, count]) => `${count} × ${name}`);
  const bound = plan.objective === 'fewest' ? `${plan.lowerBound} machines` : `${money(plan.lowerBound)} per hour`;
  const proof = plan.optimal ? 'nothing better exists' : `nothing under ${bound} is possible`;
  const rules = plan.addedForRules > 0 ? `\n${plan.addedForRules} of them only because of affinity, spread or ports.` : '';
  const refused = plan.refused.map(({ pod, message }) => `  ${pod}: ${message}`);
  return [
    `The ${plan.objective} machines for ${plan.pods} pods: ${list.join(', ') || 'none'}`,
    `${plan.count} machines, ${money(plan.perHour)} per hour; ${proof}.${rules}`,
    ...(refused.length > 0 ? [`No machine of these classes takes:\n${some(refused)}`] : []),
  ].join('\n');
}

export function simulationScreen({ simulation, comparison, machines }: SimulationAnswer, names: { one: string; other: string }): string {
  const parts = [...outcome(simulation)];
  if (comparison) {
    parts.push(`With ${names.other}:`, ...outcome(comparison));
    parts.push(table(['BEFORE', names.one, names.other], [simulation.before, simulation.after, comparison.after]));
  } else parts.push(table(['BEFORE', 'AFTER'], [simulation.before, simulation.after]));
  if (machines) parts.push(machineScreen(machines), table(['ON THEM'], [machines.after]));
  return parts.join('\n\n');
}
