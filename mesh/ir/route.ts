/** HTTPRoute > its rules, resolved, and what each of its parents is to be told. */
import { keyOf } from '../../client/informer.ts';
import type { HTTPRoute } from '../gateway/types.ts';
import type { RouteIr, Verdict } from './ir.ts';
import { attach, serviceParents } from './parents.ts';
import { type BuiltRule, buildRule } from './rule.ts';
import type { World } from './world.ts';

/** Undefined when no parent of the route is a Service: such a route is not ours. */
export function buildRoute(world: World, route: HTTPRoute): RouteIr | undefined {
  const refs = serviceParents(route);
  if (refs.length === 0) return undefined;
  const built = (route.spec?.rules ?? []).map((rule, index) => buildRule(world, route, rule, index));
  const verdicts = verdictsOf(built);
  const rules = built.flatMap(({ rule }) => rule ?? []);
  return {
    name: keyOf(route),
    created: route.metadata?.creationTimestamp ?? '',
    rules,
    parents: refs.map((ref) => {
      const { service, ports, refusal } = attach(world, route, ref);
      // A route of which nothing was understood must not turn its Service's answers into 404s.
      return { ref, service, ports: rules.length > 0 ? ports : [], verdicts: refusal ? [refusal, resolvedRefs(built)] : verdicts };
    }),
  };
}

/**
 * A route of which something works is accepted, and says what does not in PartiallyInvalid; one of which nothing works is not accepted
 * (RouteConditionPartiallyInvalid). Its understood matches are answered with 500 either way.
 */
function verdictsOf(built: BuiltRule[]): Verdict[] {
  const faults = built.flatMap((b, index) => b.faults.map((fault) => `rule ${index}: ${fault}`));
  const refs = resolvedRefs(built);
  if (faults.length === 0) return [accepted('the route is attached to its Service'), refs];
  const works = built.some(({ rule }) => rule && !rule.broken);
  const message = `Dropped Rule(s): ${faults.join('; ')}`;
  if (!works) return [{ type: 'Accepted', status: 'False', reason: 'UnsupportedValue', message }, refs];
  return [
    accepted('the route is attached to its Service, but for what PartiallyInvalid says'),
    refs,
    { type: 'PartiallyInvalid', status: 'True', reason: 'UnsupportedValue', message },
  ];
}

const accepted = (message: string): Verdict => ({ type: 'Accepted', status: 'True', reason: 'Accepted', message });

/** The first fault gives the reason, all give the message. */
function resolvedRefs(built: BuiltRule[]): Verdict {
  const faults = built.flatMap(({ unresolved }) => unresolved);
  const first = faults[0];
  if (!first) return { type: 'ResolvedRefs', status: 'True', reason: 'ResolvedRefs', message: 'every backend was found' };
  return { ...first, message: [...new Set(faults.map(({ message }) => message))].join('; ') };
}
