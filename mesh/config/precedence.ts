/** Which of two matches wins, as HTTPRouteRule.matches of Gateway API orders them. */
import type { AttachedRoute, MatchIr, RuleIr } from '../ir/ir.ts';

export interface Candidate {
  match: MatchIr;
  rule: RuleIr;
  route: AttachedRoute;
}

/** Negative when `a` comes first. Equal candidates keep their order: rules, and matches in a rule, as they were written. */
export function compare(a: Candidate, b: Candidate): number {
  return bySpecificity(a.match, b.match) || byAge(a.route, b.route) || a.rule.index - b.rule.index;
}

/** An exact path, then the longest prefix, then a method, then most headers, then most query parameters. */
function bySpecificity(a: MatchIr, b: MatchIr): number {
  return (
    pathRank(b) - pathRank(a) ||
    Number(b.method !== undefined) - Number(a.method !== undefined) ||
    b.headers.length - a.headers.length ||
    b.query.length - a.query.length
  );
}

const pathRank = ({ path }: MatchIr) => ('exact' in path ? Number.MAX_SAFE_INTEGER : path.prefix.length);

/** The oldest route, then the first by `namespace/name`. */
function byAge(a: AttachedRoute, b: AttachedRoute): number {
  return compareText(a.created, b.created) || compareText(a.name, b.name);
}

const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
