/** ValidatingAdmissionPolicy: expressions that refuse, warn of, or note a request (k8s.io/apiserver/pkg/admission/plugin/policy/validating). */
import type { Authorize } from '../../cel/library/authorizer.ts';
import { BOOL, NULL, STRING } from '../../cel/type.ts';
import { fromJson, type Value } from '../../cel/value.ts';
import { forbidden, type StatusError } from '../../errors.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import { type BoundPolicy, createPolicyBook } from './book.ts';
import { GROUP, type Policy, VALIDATING, VALIDATING_BINDINGS, type Validation } from './definition.ts';
import { requestVariables } from './environment.ts';
import { collectParams, type ParamSource } from './params.ts';
import {
  conditionProgram,
  conditionsHold,
  messageProgram,
  type Program,
  policyEnvironment,
  programOf,
  Session,
  type VariableProgram,
} from './program.ts';

interface Compiled {
  variables: VariableProgram[];
  conditions: Program[];
  validations: { validation: Validation; program: Program; message: Program | undefined }[];
  annotations: { key: string; program: Program }[];
}

/** One thing that a policy has against a request. `reason` is of its Status; empty: Invalid. */
interface Denial {
  policy: string;
  binding: string;
  message: string;
  reason: string;
}

export interface PolicyOptions extends ParamSource {
  authorize: Authorize;
}

export function validatingPolicies(options: PolicyOptions): AdmissionStep {
  const book = createPolicyBook(options.source, { policies: VALIDATING, bindings: VALIDATING_BINDINGS }, compilePolicy);
  const validate = (request: AdmissionRequest): void | Promise<void> => {
    const policies = book.bound();
    if (policies.length === 0 || isPolicy(request)) return;
    const matching = policies.filter((policy) => policy.matches(request, options.source));
    if (matching.length > 0) return judge(options, matching, request);
  };
  return {
    name: 'ValidatingAdmissionPolicy',
    validate: (request) => {
      const loading = book.loading();
      return loading ? loading.then(() => validate(request)) : validate(request);
    },
  };
}

/** Policies are not asked about policies: nobody could take back one that refuses everything. */
export const isPolicy = ({ kind }: AdmissionRequest): boolean => kind.group === GROUP && kind.plural.includes('admissionpolic');

function compilePolicy({ spec = {} }: Policy): Compiled {
  const { environment, messages, variables } = policyEnvironment(spec);
  return {
    variables,
    conditions: (spec.matchConditions ?? []).map((condition) => conditionProgram(environment, condition)),
    validations: (spec.validations ?? []).map((validation) => ({
      validation,
      program: programOf(environment, validation.expression ?? '', BOOL),
      message: validation.messageExpression ? messageProgram(messages, validation.messageExpression) : undefined,
    })),
    annotations: (spec.auditAnnotations ?? []).map(({ key = '', valueExpression = '' }) => ({
      key,
      program: programOf(environment, valueExpression, STRING, NULL),
    })),
  };
}

async function judge(options: PolicyOptions, policies: BoundPolicy<Compiled>[], request: AdmissionRequest): Promise<void> {
  const read = requestVariables(request, namespaceOf(options, request), options.authorize);
  const denials: Denial[] = [];
  for (const policy of policies) {
    const failOpen = policy.policy.spec?.failurePolicy === 'Ignore';
    for (const { name, binding, matches } of policy.bindings) {
      if (!matches(request, options.source)) continue;
      const denial = (message: string, reason = ''): Denial => ({ policy: policy.name, binding: name, message, reason });
      const params = await collectParams(options, policy.policy.spec?.paramKind, binding.spec?.paramRef, request.namespace);
      if ('error' in params) {
        if (!failOpen) denials.push(denial(`failed to configure binding: ${params.error}`));
        continue;
      }
      for (const param of params.list) {
        const session = new Session(read, param ? fromJson(param) : null, policy.compiled().variables);
        const found = evaluate(policy.compiled(), session, failOpen).map(({ message, reason }) => denial(message, reason));
        act(found, binding.spec?.validationActions ?? [], request, denials);
      }
    }
  }
  const [first] = denials;
  if (first) throw refusal(request, first);
}

/** The namespace of the request's object; a Namespace is in none. */
export function namespaceOf({ source }: ParamSource, { namespace, kind }: AdmissionRequest) {
  return namespace && kind.storage !== 'namespaces' ? source.get('namespaces', namespace) : undefined;
}

interface Finding {
  message: string;
  reason: string;
}

/** What a policy has to say of a request; nothing, where its conditions do not hold. */
function evaluate(compiled: Compiled, session: Session, failOpen: boolean): Finding[] {
  const failed = (message: string): Finding[] => (failOpen ? [] : [{ message, reason: '' }]);
  const applies = conditionsHold(session, compiled.conditions);
  if (applies === false) return [];
  if (applies !== true) return failed(applies.error);
  const findings: Finding[] = [];
  for (const { validation, program, message } of compiled.validations) {
    const answer = session.run(program);
    if ('error' in answer) findings.push(...failed(answer.error));
    else if (answer.value !== true) findings.push({ message: said(session, validation, message), reason: validation.reason ?? 'Invalid' });
  }
  for (const { program } of compiled.annotations) {
    const answer = session.run(program);
    if ('error' in answer) findings.push(...failed(answer.error));
  }
  return findings;
}

/** In bytes (celconfig.MaxEvaluatedMessageExpressionSizeBytes). */
const MAX_MESSAGE = 5 * 1024;

function said(session: Session, { message, expression = '' }: Validation, program: Program | undefined): string {
  const answer = program && session.run(program);
  const value: Value | undefined = answer && 'value' in answer ? answer.value : undefined;
  const text = typeof value === 'string' ? value.trim() : '';
  if (text && text.length <= MAX_MESSAGE && !text.includes('\n')) return text;
  return message?.trim() || `failed expression: ${expression.trim()}`;
}

function act(found: Denial[], actions: string[], request: AdmissionRequest, denials: Denial[]): void {
  for (const denial of found) {
    if (actions.includes('Deny')) denials.push(denial);
    if (!actions.includes('Warn')) continue;
    const { policy, binding, message } = denial;
    request.warnings.push(`Validation failed for ValidatingAdmissionPolicy '${policy}' with binding '${binding}': ${message}`);
  }
}

const CODES: Record<string, number> = { Forbidden: 403, Unauthorized: 401, RequestEntityTooLarge: 413, Invalid: 422 };

function refusal({ kind, name }: AdmissionRequest, { policy, binding, message, reason }: Denial): StatusError {
  const text = `ValidatingAdmissionPolicy '${policy}' with binding '${binding}' denied request: ${message}`;
  const error = forbidden(kind, name, text);
  error.status.reason = reason || 'Invalid';
  error.status.code = CODES[error.status.reason] ?? 422;
  error.status.details = { ...error.status.details, causes: [{ message: text }] };
  return error;
}
