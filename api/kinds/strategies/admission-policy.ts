/** Admission policies and their bindings: their expressions have to compile (k8s.io/kubernetes/pkg/apis/admissionregistration/validation). */
import type { Binding, Mutation, Named, ParamKind, ParamRef, Policy, PolicySpec, Validation } from '../../admission/policy/definition.ts';
import { expressionOf, mutationTypes, OBJECT, PATCHES } from '../../admission/policy/mutation-types.ts';
import { messageProgram, type PolicyEnvironment, policyEnvironment, programOf } from '../../admission/policy/program.ts';
import { matchConditionFaults, matchResourcesFaults } from '../../admission/policy/validate-match.ts';
import { BOOL, NULL, STRING } from '../../cel/type.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts';
import { labelSelectorFaults } from '../rules/selectors.ts';
import type { FieldError, Strategy } from '../strategy.ts';

const always = (faults: (object: object) => FieldError[]): Strategy => ({ validate: faults, validateUpdate: faults });

export const validatingPolicyStrategy = always((object) => {
  const { spec = {} } = object as Policy;
  const environment = policyEnvironment(spec);
  return [...commonFaults(spec, environment), ...validationsFaults(spec, environment)];
});

export const mutatingPolicyStrategy = always((object) => {
  const { spec = {} } = object as Policy;
  const environment = policyEnvironment(spec, mutationTypes);
  return [...commonFaults(spec, environment), ...mutationsFaults(spec, environment)];
});

export const validatingBindingStrategy = always((object) => [...bindingFaults(object as Binding), ...actionFaults(object as Binding)]);
export const mutatingBindingStrategy = always((object) => bindingFaults(object as Binding));

const FAILURE_POLICIES = ['Fail', 'Ignore'];

/** What both kinds of policies have. */
function commonFaults(spec: PolicySpec, environment: PolicyEnvironment): FieldError[] {
  const { failurePolicy, matchConstraints, matchConditions, paramKind } = spec;
  const faults: FieldError[] = [];
  if (failurePolicy === undefined) faults.push(required('spec.failurePolicy'));
  else if (!FAILURE_POLICIES.includes(failurePolicy)) faults.push(notSupported('spec.failurePolicy', failurePolicy, FAILURE_POLICIES));
  if (paramKind) faults.push(...paramKindFaults(paramKind));
  if (!matchConstraints) faults.push(required('spec.matchConstraints'));
  else {
    faults.push(...matchResourcesFaults(matchConstraints, 'spec.matchConstraints'));
    if (!matchConstraints.resourceRules?.length) faults.push(required('spec.matchConstraints.resourceRules'));
  }
  faults.push(...matchConditionFaults(matchConditions, environment.environment, 'spec.matchConditions'));
  for (const [i, variable] of (spec.variables ?? []).entries()) {
    faults.push(...variableFaults(variable, environment.variables[i]?.program.fault, `spec.variables[${i}]`));
  }
  return faults;
}

function paramKindFaults({ apiVersion, kind }: ParamKind): FieldError[] {
  const faults: FieldError[] = [];
  if (!apiVersion) faults.push(required('spec.paramKind.apiVersion'));
  else if (!/^([a-z0-9.-]+\/)?[a-z0-9-]+$/.test(apiVersion)) {
    faults.push(invalid('spec.paramKind.apiVersion', apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  }
  if (!kind) faults.push(required('spec.paramKind.kind'));
  return faults;
}

function variableFaults({ name = '', expression = '' }: Named, fault: string | undefined, path: string): FieldError[] {
  const faults: FieldError[] = [];
  if (!name.trim()) faults.push(required(`${path}.name`, 'name is not specified'));
  else if (!/^[A-Za-z_]\w*$/.test(name)) faults.push(invalid(`${path}.name`, name, 'name is not a valid CEL identifier'));
  if (!expression.trim()) faults.push(required(`${path}.expression`, 'expression is not specified'));
  else if (fault) faults.push(invalid(`${path}.expression`, expression, fault));
  return faults;
}

const NEEDED = 'validations or auditAnnotations must contain at least one item';
const MAX_ANNOTATIONS = 20;

function validationsFaults({ validations = [], auditAnnotations = [] }: PolicySpec, environment: PolicyEnvironment): FieldError[] {
  if (validations.length === 0 && auditAnnotations.length === 0) {
    return [required('spec.validations', NEEDED), required('spec.auditAnnotations', NEEDED)];
  }
  const faults = validations.flatMap((validation, i) => validationFaults(validation, environment, `spec.validations[${i}]`));
  if (auditAnnotations.length > MAX_ANNOTATIONS) {
    faults.push(invalid('spec.auditAnnotations', auditAnnotations, `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`));
  }
  const keys = new Set<string>();
  for (const [i, { key = '', valueExpression = '' }] of auditAnnotations.entries()) {
    const path = `spec.auditAnnotations[${i}]`;
    if (!key) faults.push(required(`${path}.key`, 'key is not specified'));
    if (keys.has(key)) faults.push(duplicate(`${path}.key`, key));
    keys.add(key);
    if (!valueExpression.trim()) faults.push(required(`${path}.valueExpression`, 'valueExpression is not specified'));
    else {
      const { fault } = programOf(environment.environment, valueExpression, STRING, NULL);
      if (fault) faults.push(invalid(`${path}.valueExpression`, valueExpression, fault));
    }
  }
  return faults;
}

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge', 'Unauthorized'];

function validationFaults(validation: Validation, { environment, messages }: PolicyEnvironment, path: string): FieldError[] {
  const { expression = '', message = '', messageExpression = '', reason } = validation;
  const faults: FieldError[] = [];
  if (!expression.trim()) faults.push(required(`${path}.expression`, 'expression is not specified'));
  else {
    const { fault } = programOf(environment, expression, BOOL);
    if (fault) faults.push(invalid(`${path}.expression`, expression, fault));
  }
  if (messageExpression && !messageExpression.trim()) {
    faults.push(invalid(`${path}.messageExpression`, messageExpression, 'must be non-empty if specified'));
  } else if (messageExpression) {
    const { fault } = messageProgram(messages, messageExpression);
    if (fault) faults.push(invalid(`${path}.messageExpression`, messageExpression, fault));
  }
  if (message && !message.trim()) faults.push(invalid(`${path}.message`, message, 'message must be non-empty if specified'));
  else if (message.trim().includes('\n')) faults.push(invalid(`${path}.message`, message, 'message must not contain line breaks'));
  if (reason !== undefined && !REASONS.includes(reason)) faults.push(notSupported(`${path}.reason`, reason, REASONS));
  return faults;
}

const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
const REINVOCATIONS = ['IfNeeded', 'Never'];

function mutationsFaults({ mutations = [], reinvocationPolicy }: PolicySpec, environment: PolicyEnvironment): FieldError[] {
  const faults: FieldError[] = [];
  if (mutations.length === 0) faults.push(required('spec.mutations', 'mutations must contain at least one item'));
  for (const [i, mutation] of mutations.entries()) faults.push(...mutationFaults(mutation, environment, `spec.mutations[${i}]`));
  if (!reinvocationPolicy) faults.push(required('spec.reinvocationPolicy'));
  else if (!REINVOCATIONS.includes(reinvocationPolicy)) {
    faults.push(notSupported('spec.reinvocationPolicy', reinvocationPolicy, REINVOCATIONS));
  }
  return faults;
}

function mutationFaults(mutation: Mutation, { environment }: PolicyEnvironment, path: string): FieldError[] {
  const { patchType } = mutation;
  if (!patchType) return [required(`${path}.patchType`)];
  if (!PATCH_TYPES.includes(patchType)) return [notSupported(`${path}.patchType`, patchType, PATCH_TYPES)];
  const json = patchType === 'JSONPatch';
  const field = json ? 'jsonPatch' : 'applyConfiguration';
  if (!mutation[field]) return [required(`${path}.${field}`, `must be specified when patchType is ${patchType}`)];
  const expression = expressionOf(mutation);
  if (!expression.trim()) return [required(`${path}.${field}.expression`, 'expression is not specified')];
  const { fault } = programOf(environment, expression, json ? PATCHES : OBJECT);
  return fault ? [invalid(`${path}.${field}.expression`, expression, fault)] : [];
}

function bindingFaults({ spec = {} }: Binding): FieldError[] {
  const { policyName, paramRef, matchResources } = spec;
  const faults: FieldError[] = [];
  if (!policyName) faults.push(required('spec.policyName'));
  if (paramRef) faults.push(...paramRefFaults(paramRef));
  if (matchResources) faults.push(...matchResourcesFaults(matchResources, 'spec.matchResources'));
  return faults;
}

const NOT_FOUND_ACTIONS = ['Allow', 'Deny'];

function paramRefFaults({ name, selector, parameterNotFoundAction: action }: ParamRef): FieldError[] {
  const at = 'spec.paramRef';
  const faults: FieldError[] = [];
  if (name && selector) {
    faults.push(forbidden(`${at}.name`, 'name and selector are mutually exclusive'));
    faults.push(forbidden(`${at}.selector`, 'name and selector are mutually exclusive'));
  }
  if (!name && !selector) faults.push(required(at, 'one of name or selector must be specified'));
  if (selector) faults.push(...labelSelectorFaults(selector, `${at}.selector`));
  if (action === undefined) faults.push(required(`${at}.parameterNotFoundAction`));
  else if (!NOT_FOUND_ACTIONS.includes(action)) faults.push(notSupported(`${at}.parameterNotFoundAction`, action, NOT_FOUND_ACTIONS));
  return faults;
}

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const TWICE =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';

function actionFaults({ spec = {} }: Binding): FieldError[] {
  const { validationActions: actions = [] } = spec;
  const path = 'spec.validationActions';
  if (actions.length === 0) return [required(path)];
  const faults: FieldError[] = [];
  for (const [i, action] of actions.entries()) {
    if (!ACTIONS.includes(action)) faults.push(notSupported(`${path}[${i}]`, action, ACTIONS));
    if (actions.indexOf(action) < i) faults.push(duplicate(`${path}[${i}]`, action));
  }
  if (actions.includes('Deny') && actions.includes('Warn')) faults.push(invalid(path, actions, TWICE));
  return faults;
}
