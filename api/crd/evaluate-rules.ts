/** Runs the rules of a schema on an object (k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel: validation.go). */
import { CALL_LIMIT, type Outcome, REQUEST_LIMIT } from '../cel/environment.ts';
import { fromJson, NONE, Optional, type Value } from '../cel/value.ts';
import { faultText } from '../errors.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { equal } from '../patch/value.ts';
import type { CompiledRule, RuleSet } from './rule-set.ts';
import { isObject } from './structural.ts';

export interface Verdict {
  faults: FieldError[];
  /** What was wrong before as well, and is let stand. */
  warnings: string[];
}

/** `before` is what is stored; undefined: nothing. `at` is where the value stands: empty for whole objects. */
export function evaluateRules(set: RuleSet, value: unknown, before: unknown, at = ''): Verdict {
  const evaluation = new Evaluation();
  const pair = before === undefined ? undefined : { value, before };
  evaluation.visit(set, { value, before, text: at, pair, outer: undefined });
  return evaluation;
}

/** A value and what it was: where they are the same, a fault is an old one. */
interface Pair {
  value: unknown;
  before: unknown;
}

interface Place {
  value: unknown;
  /** What this value was, where that can be told; rules with `oldSelf` need it. */
  before: unknown;
  text: string;
  /** Of this value; undefined where it was not there. */
  pair: Pair | undefined;
  /** Of the nearest value around it. */
  outer: Pair | undefined;
}

class Evaluation implements Verdict {
  readonly faults: FieldError[] = [];
  readonly warnings: string[] = [];
  #budget = REQUEST_LIMIT;

  /** False: the budget is spent, and nothing more is looked at. */
  visit(set: RuleSet, place: Place): boolean {
    const { value } = place;
    if (value === null || value === undefined) return true;
    if (set.rules.length > 0 && !this.#apply(set, place)) return false;
    if (Array.isArray(value)) return this.#visitItems(set, place, value);
    return isObject(value) ? this.#visitMembers(set, place, value) : true;
  }

  #visitItems({ items, schema }: RuleSet, place: Place, list: unknown[]): boolean {
    if (!items) return true;
    const keys = schema['x-kubernetes-list-type'] === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : undefined;
    return list.every((value, i) => {
      const before = keys && counterpart(value, place.before, keys);
      const paired = keys && place.pair ? counterpart(value, place.pair.before, keys) : undefined;
      return this.visit(items, inside(place, value, before, paired, `[${i}]`));
    });
  }

  #visitMembers({ properties, values }: RuleSet, place: Place, object: Record<string, unknown>): boolean {
    if (values) return Object.keys(object).every((key) => this.visit(values, member(place, object, key, `[${key}]`)));
    for (const [name, set] of properties) {
      if (Object.hasOwn(object, name) && !this.visit(set, member(place, object, name, place.text ? `.${name}` : name))) return false;
    }
    return true;
  }

  #apply(set: RuleSet, place: Place): boolean {
    const self = fromJson(place.value, set.type);
    const hadBefore = place.before !== undefined && place.before !== null;
    const oldSelf = hadBefore ? fromJson(place.before, set.type) : undefined;
    for (const rule of set.rules) {
      if (rule.usesOldSelf && !hadBefore && !rule.optionalOldSelf) continue;
      const old = rule.optionalOldSelf ? (oldSelf === undefined ? NONE : new Optional(oldSelf)) : oldSelf;
      const variables = (name: string): Value | undefined => (name === 'self' ? self : name === 'oldSelf' ? old : undefined);
      if (!this.#run(rule, place, typeName(set), variables)) return false;
    }
    return true;
  }

  #run(rule: CompiledRule, place: Place, type: string, variables: (name: string) => Value | undefined): boolean {
    const invalid = (detail: string): FieldError => ({ field: place.text || '<nil>', type: 'invalid', value: type, detail });
    if (!rule.program) {
      if (rule.fault) this.faults.push(invalid(`rule compile error: ${rule.fault}`));
      return true;
    }
    const outcome = rule.program.run(variables, CALL_LIMIT);
    this.#budget -= outcome.cost;
    if (this.#budget < 0) {
      this.faults.push(invalid('validation failed due to running out of cost budget, no further validation rules will be run'));
      return false;
    }
    if ('error' in outcome) {
      this.faults.push(invalid(errorText(outcome, rule)));
      return !outcome.overrun;
    }
    if (outcome.value === true) return true;
    const fault = this.#faultOf(rule, place, variables);
    if (!rule.usesOldSelf && isOld(place)) this.warnings.push(faultText(fault));
    else this.faults.push(fault);
    return this.#budget >= 0;
  }

  #faultOf(rule: CompiledRule, place: Place, variables: (name: string) => Value | undefined): FieldError {
    const detail = this.#said(rule, variables) ?? rule.message?.trim() ?? '';
    const field = `${place.text}${normalizedPath(rule.fieldPath, place.text === '')}` || '<nil>';
    const words = detail || `failed rule: ${rule.rule.trim()}`;
    if (rule.reason === 'FieldValueForbidden') return { field, type: 'forbidden', detail: words };
    if (rule.reason === 'FieldValueRequired') return { field, type: 'required', detail: words };
    const big = typeof place.value === 'object';
    const shown = { field, value: place.value, ...(big ? { omitValue: true } : {}) };
    if (rule.reason === 'FieldValueDuplicate') return { ...shown, type: 'duplicate', detail: '' };
    return { ...shown, type: 'invalid', detail: words };
  }

  /** What messageExpression says; undefined: nothing that could be shown. */
  #said({ says }: CompiledRule, variables: (name: string) => Value | undefined): string | undefined {
    if (!says) return undefined;
    const outcome = says.run(variables, CALL_LIMIT);
    this.#budget -= outcome.cost;
    if ('error' in outcome || typeof outcome.value !== 'string') return undefined;
    const text = outcome.value.trim();
    return text && text.length <= MAX_MESSAGE && !text.includes('\n') ? text : undefined;
  }
}

/** In bytes (celconfig.MaxEvaluatedMessageExpressionSizeBytes). */
const MAX_MESSAGE = 5 * 1024;

const typeName = ({ schema }: RuleSet) => schema.type ?? '';

function errorText(outcome: Extract<Outcome, { error: string }>, { message, rule }: CompiledRule): string {
  const which = (message || rule).trim();
  if (outcome.overrun)
    return `'${outcome.error}': no further validation rules will be run due to call cost exceeds limit for rule: ${which}`;
  if (!outcome.error.startsWith('no such overload')) return `${outcome.error} evaluating rule: ${which}`;
  return `'${outcome.error}': call arguments did not match a supported operator, function or macro signature for rule: ${which}`;
}

function isOld({ pair, outer }: Place): boolean {
  const compared = pair ?? outer;
  return compared !== undefined && equal(compared.value, compared.before);
}

const own = (object: unknown, key: string) => (isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined);

function member(place: Place, object: Record<string, unknown>, key: string, step: string): Place {
  return inside(place, object[key], own(place.before, key), own(place.pair?.before, key), step);
}

/** `paired`: what the value is to be compared with; once nothing is, what is around it is compared instead. */
function inside({ pair, outer, text }: Place, value: unknown, before: unknown, paired: unknown, step: string): Place {
  if (!pair) return { value, before, text: `${text}${step}`, pair: undefined, outer };
  const next = paired === undefined ? undefined : { value, before: paired };
  return { value, before, text: `${text}${step}`, pair: next, outer: pair };
}

/** The element of a list that is a map which has the same keys. */
function counterpart(element: unknown, list: unknown, keys: readonly string[]): unknown {
  if (!Array.isArray(list)) return undefined;
  return list.find((one) => keys.every((key) => equal(own(one, key), own(element, key))));
}

/** `.a['b']` as the path of a field: `.a.b`, or of a map's key `.a[b]`. */
function normalizedPath(path: string | undefined, root: boolean): string {
  const text = (path ?? '').trim().replace(/\['((?:[^'\\]|\\.)*)'\]/g, (_all, key: string) => `.${key.replace(/\\(.)/g, '$1')}`);
  return root ? text.replace(/^\./, '') : text;
}
