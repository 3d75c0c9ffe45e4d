/** What the rules of a CRD's schema have to be like (k8s.io/apiextensions-apiserver: validation.go, ValidateCustomResourceDefinitionOpenAPISchema). */
import type { Schema } from '../../types/kinds/kind.ts';
import { schemaType } from '../cel/schema-type.ts';
import { DYN } from '../cel/type.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { invalidField, requiredField, unsupportedField } from './fault.ts';
import { type CompiledRule, compileRules, type Rule, rulesOf } from './rule-set.ts';
import { isObject, schemaOf } from './structural.ts';

const KEYWORD = 'x-kubernetes-validations';

/** `lost`: the path of a list around it whose elements can't be told from one another, so that there is no `oldSelf`. */
export function validateRules(schema: Schema, path: string, errors: FieldError[], root = true, lost?: string): void {
  const rules = rulesOf(schema);
  if (rules.length > 0) {
    const compiled = compileRules(rules, schemaType(schema, root) ?? DYN);
    for (const [i, rule] of compiled.entries()) checkRule(rule, schema, `${path}.${KEYWORD}[${i}]`, errors, lost);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (isObject(property)) validateRules(property, `${path}.properties[${name}]`, errors, false, lost);
  }
  const { items, additionalProperties } = schema;
  const told = schema['x-kubernetes-list-type'] === 'map';
  if (isObject(items)) validateRules(items, `${path}.items`, errors, false, told ? lost : (lost ?? path));
  if (isObject(additionalProperties)) {
    validateRules(additionalProperties as Schema, `${path}.additionalProperties`, errors, false, lost);
  }
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

function checkRule(rule: CompiledRule, schema: Schema, path: string, errors: FieldError[], lost: string | undefined): void {
  const { message = '', messageExpression = '', reason } = rule;
  const text = (rule.rule ?? '').trim();
  if (!text) errors.push(requiredField(`${path}.rule`, 'rule is not specified'));
  if (message && !message.trim()) errors.push(invalidField(`${path}.message`, message, 'message must be non-empty if specified'));
  else if (message.trim().includes('\n')) errors.push(invalidField(`${path}.message`, message, 'must not contain line breaks'));
  else if (text.includes('\n') && !message.trim()) {
    errors.push(requiredField(`${path}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (messageExpression && !messageExpression.trim()) {
    errors.push(requiredField(`${path}.messageExpression`, 'must be non-empty if specified'));
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(unsupportedField(`${path}.reason`, reason, REASONS));
  checkFieldPath(rule, schema, `${path}.fieldPath`, errors);
  if (text) checkExpressions(rule, path, errors, lost);
}

function checkFieldPath({ fieldPath = '' }: CompiledRule, schema: Schema, path: string, errors: FieldError[]): void {
  if (!fieldPath) return;
  const text = fieldPath.trim();
  if (!text) errors.push(invalidField(path, fieldPath, 'fieldPath must be non-empty if specified'));
  else if (text.includes('\n')) errors.push(invalidField(path, fieldPath, 'must not contain line breaks'));
  else if (!leadsSomewhere(text, schema)) errors.push(invalidField(path, fieldPath, 'must be a valid path'));
}

const STEP = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/;

/** `.a.b['c']`: fields and keys of maps, but not positions in lists. */
function leadsSomewhere(path: string, schema: Schema): boolean {
  let rest = path;
  let at: Schema | undefined = schema;
  while (rest && at) {
    const [whole, name, key] = STEP.exec(rest) ?? [];
    if (!whole) return false;
    at = schemaOf(at, name ?? (key ?? '').replace(/\\(.)/g, '$1'));
    rest = rest.slice(whole.length);
  }
  return at !== undefined;
}

function checkExpressions(rule: CompiledRule, path: string, errors: FieldError[], lost: string | undefined): void {
  if (rule.fault) errors.push(invalidField(`${path}.rule`, shownRule(rule), rule.fault));
  if (rule.messageFault) errors.push(invalidField(`${path}.messageExpression`, shownRule(rule), rule.messageFault));
  if (rule.usesOldSelf) {
    if (lost === undefined) return;
    const why = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${lost}`;
    errors.push(invalidField(`${path}.rule`, rule.rule, why));
  } else if (rule.program && rule.optionalOldSelf !== undefined) {
    errors.push(invalidField(`${path}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'));
  }
}

/** As messages show a rule: with Go's field names. */
function shownRule({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: Rule): object {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}
