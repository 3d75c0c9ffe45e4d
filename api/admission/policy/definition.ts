/** The shapes of admission policies and their bindings (admissionregistration.k8s.io/v1). */

import type { LabelSelector } from '../../../types/selectors.ts';
import type { AnyObject } from '../../../types/wire.ts';

export interface RuleWithOperations {
  operations?: string[];
  apiGroups?: string[];
  apiVersions?: string[];
  resources?: string[];
  resourceNames?: string[];
  /** `*`, `Cluster` or `Namespaced`. */
  scope?: string;
}

export interface MatchResources {
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  resourceRules?: RuleWithOperations[];
  excludeResourceRules?: RuleWithOperations[];
}

export interface Named {
  name?: string;
  expression?: string;
}

export interface Validation {
  expression?: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
}

export interface Mutation {
  patchType?: string;
  applyConfiguration?: { expression?: string };
  jsonPatch?: { expression?: string };
}

export interface ParamKind {
  apiVersion?: string;
  kind?: string;
}

/** Of both kinds of policies. */
export interface PolicySpec {
  paramKind?: ParamKind;
  matchConstraints?: MatchResources;
  matchConditions?: Named[];
  variables?: Named[];
  failurePolicy?: string;
  validations?: Validation[];
  auditAnnotations?: { key?: string; valueExpression?: string }[];
  mutations?: Mutation[];
  reinvocationPolicy?: string;
}

export interface Policy extends AnyObject {
  spec?: PolicySpec;
}

export interface ParamRef {
  name?: string;
  namespace?: string;
  selector?: LabelSelector;
  parameterNotFoundAction?: string;
}

export interface Binding extends AnyObject {
  spec?: { policyName?: string; paramRef?: ParamRef; matchResources?: MatchResources; validationActions?: string[] };
}

export const GROUP = 'admissionregistration.k8s.io';
export const VALIDATING = `validatingadmissionpolicies.${GROUP}`;
export const VALIDATING_BINDINGS = `validatingadmissionpolicybindings.${GROUP}`;
export const MUTATING = `mutatingadmissionpolicies.${GROUP}`;
export const MUTATING_BINDINGS = `mutatingadmissionpolicybindings.${GROUP}`;
