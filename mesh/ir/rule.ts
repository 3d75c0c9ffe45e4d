/** One rule of a route, checked and resolved. */
import type { HTTPRoute, HTTPRouteRule } from '../gateway/types.ts';
import { resolveBackend } from './backends.ts';
import { checkFilters } from './filters.ts';
import type { MatchIr, RuleIr, Verdict } from './ir.ts';
import { ANY, checkMatch } from './match.ts';
import type { World } from './world.ts';

export interface BuiltRule {
  /** Absent when nothing of the rule can be carried out: no match of it is understood. */
  rule?: RuleIr;
  /** What of the rule is not supported. */
  faults: string[];
  /** References that can't be resolved. */
  unresolved: Verdict[];
}

export function buildRule(world: World, route: HTTPRoute, rule: HTTPRouteRule, index: number): BuiltRule {
  const { matches, faults } = buildMatches(rule);
  if (matches.length === 0) return { faults, unresolved: [] };
  const resolved = (rule.backendRefs ?? []).map((ref) => resolveBackend(world, route, ref));
  const unresolved = resolved.flatMap(({ fault }) => fault ?? []);
  const ir: RuleIr = { index, matches, backends: resolved.map(({ backend }) => backend) };
  const filters = checkFilters(rule.filters ?? [], matches);
  const fault = 'fault' in filters ? filters.fault : (unsupportedField(rule) ?? setTimeouts(ir, rule));
  if (fault) {
    // A filter must not be skipped: its requests get an error rather than an unfiltered answer (HTTPRouteFilter).
    ir.broken = fault;
    faults.push(fault);
  } else if ('value' in filters) Object.assign(ir, filters.value);
  return { rule: ir, faults, unresolved };
}

/** A match that is not understood matches nothing; the rule's others go on. */
function buildMatches(rule: HTTPRouteRule): { matches: MatchIr[]; faults: string[] } {
  if (!rule.matches?.length) return { matches: [ANY], faults: [] };
  const checked = rule.matches.map(checkMatch);
  return {
    matches: checked.flatMap((c) => ('value' in c ? c.value : [])),
    faults: checked.flatMap((c) => ('fault' in c ? c.fault : [])),
  };
}

function unsupportedField(rule: HTTPRouteRule): string | undefined {
  if (rule.backendRefs?.some((ref) => ref.filters?.length)) return 'filters of a backendRef are not supported; put them on the rule';
  if (rule.retry !== undefined) return 'retry is not supported';
  if (rule.sessionPersistence !== undefined) return 'sessionPersistence is not supported; use the sessionAffinity of the Service';
  return undefined;
}

/** GEP-2257: up to four whole numbers with units, at most hours; zero means no limit. */
const DURATION = /^([0-9]{1,5}(h|m|s|ms)){1,4}$/;
const MILLISECONDS: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

function setTimeouts(ir: RuleIr, { timeouts }: HTTPRouteRule): string | undefined {
  for (const text of [timeouts?.request, timeouts?.backendRequest]) {
    if (text !== undefined && !DURATION.test(text)) return `"${text}" is not a duration`;
  }
  const whole = milliseconds(timeouts?.request);
  const backend = milliseconds(timeouts?.backendRequest);
  if (whole) ir.timeout = whole;
  if (backend) ir.backendTimeout = backend;
  return undefined;
}

function milliseconds(text = ''): number {
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/([0-9]+)(ms|h|m|s)/g)) sum += Number(number) * (MILLISECONDS[unit as string] ?? 0);
  return sum;
}
