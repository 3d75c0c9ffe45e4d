/** The `x-kubernetes-validations` of a schema, compiled once, in a tree that has only the nodes on the way to a rule. */

import type { Schema } from '../../types/kinds/kind.ts';
import { createEnvironment, type Environment, type Expression } from '../cel/environment.ts';
import { schemaType } from '../cel/schema-type.ts';
import { BOOL, type CelType, DYN, optionalOf, STRING } from '../cel/type.ts';
import { isObject } from './structural.ts';

/** As a CRD has it. */
export interface Rule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

export interface CompiledRule extends Rule {
  /** undefined where it does not compile. */
  program: Expression | undefined;
  /** What is wrong with it. */
  fault: string | undefined;
  usesOldSelf: boolean;
  says: Expression | undefined;
  messageFault: string | undefined;
}

export interface RuleSet {
  schema: Schema;
  type: CelType;
  rules: CompiledRule[];
  properties: Map<string, RuleSet>;
  items: RuleSet | undefined;
  values: RuleSet | undefined;
}

/** undefined: there are no rules in it. `root`: of whole objects. */
export function ruleSetOf(schema: Schema, root: boolean): RuleSet | undefined {
  const properties = new Map<string, RuleSet>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const set = ruleSetOf(property, false);
    if (set) properties.set(name, set);
  }
  const items = schema.items && ruleSetOf(schema.items, false);
  const values = isObject(schema.additionalProperties) ? ruleSetOf(schema.additionalProperties as Schema, false) : undefined;
  const rules = rulesOf(schema);
  if (rules.length === 0 && properties.size === 0 && !items && !values) return undefined;
  const type = rules.length > 0 ? (schemaType(schema, root) ?? DYN) : DYN;
  return { schema, type, rules: compileRules(rules, type), properties, items, values };
}

export function rulesOf(schema: Schema): Rule[] {
  const rules = schema['x-kubernetes-validations'];
  return Array.isArray(rules) ? rules : [];
}

export function compileRules(rules: readonly Rule[], self: CelType): CompiledRule[] {
  if (rules.length === 0) return [];
  const plain = createEnvironment({ variables: { self, oldSelf: self } });
  const optional = createEnvironment({ variables: { self, oldSelf: optionalOf(self) } });
  return rules.map((rule) => compileRule(rule, rule.optionalOldSelf ? optional : plain));
}

function compileRule(rule: Rule, environment: Environment): CompiledRule {
  const made = blank(rule.rule) ? undefined : compileTo(environment, rule.rule, BOOL, '', 'cel expression must evaluate to a bool');
  const message = blank(rule.messageExpression)
    ? undefined
    : compileTo(environment, rule.messageExpression ?? '', STRING, 'messageExpression ', 'messageExpression must evaluate to a string');
  return {
    ...rule,
    program: made?.program,
    fault: made?.fault,
    usesOldSelf: made?.program?.names.has('oldSelf') ?? false,
    says: message?.program,
    messageFault: message?.fault,
  };
}

const blank = (text: string | undefined) => !text?.trim();

function compileTo(environment: Environment, source: string, wanted: CelType, prefix: string, mistyped: string) {
  const compiled = environment.compile(source);
  if (!compiled.ok) return { program: undefined, fault: `${prefix}${compiled.message}` };
  if (compiled.expression.type.name !== wanted.name) return { program: undefined, fault: mistyped };
  return { program: compiled.expression, fault: undefined };
}
