/** MutatingAdmissionPolicy: expressions that change what is to be stored (k8s.io/apiserver/pkg/admission/plugin/policy/mutating). */

import type { Json } from '../../../types/kinds/kind.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { typeOfKind } from '../../apply/kind-types.ts';
import { merge } from '../../apply/merge.ts';
import { fromJson, toJson } from '../../cel/value.ts';
import { forbidden, type StatusError } from '../../errors.ts';
import { applyPatch } from '../../patch/apply-patch.ts';
import { copy, equal, isObject } from '../../patch/value.ts';
import { finishDecoding } from '../../verbs/kind-rules.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import { type BoundPolicy, createPolicyBook } from './book.ts';
import { MUTATING, MUTATING_BINDINGS, type Policy } from './definition.ts';
import { requestVariables } from './environment.ts';
import { expressionOf, mutationTypes, OBJECT, PATCHES } from './mutation-types.ts';
import { collectParams } from './params.ts';
import { conditionProgram, conditionsHold, type Program, policyEnvironment, programOf, Session, type VariableProgram } from './program.ts';
import { isPolicy, namespaceOf, type PolicyOptions } from './validating.ts';

interface Compiled {
  variables: VariableProgram[];
  conditions: Program[];
  mutations: { type: string; program: Program }[];
}

export function mutatingPolicies(options: PolicyOptions): AdmissionStep {
  const book = createPolicyBook(options.source, { policies: MUTATING, bindings: MUTATING_BINDINGS }, compilePolicy);
  const mutate = (request: AdmissionRequest): void | Promise<void> => {
    const policies = book.bound();
    if (policies.length === 0 || !request.object || isPolicy(request)) return;
    const matching = policies.filter((policy) => policy.matches(request, options.source));
    if (matching.length > 0) return applyAll(options, matching, request);
  };
  return {
    name: 'MutatingAdmissionPolicy',
    mutate: (request) => {
      const loading = book.loading();
      return loading ? loading.then(() => mutate(request)) : mutate(request);
    },
  };
}

function compilePolicy({ spec = {} }: Policy): Compiled {
  const { environment, variables } = policyEnvironment(spec, mutationTypes);
  return {
    variables,
    conditions: (spec.matchConditions ?? []).map((condition) => conditionProgram(environment, condition)),
    mutations: (spec.mutations ?? []).map((mutation) => ({
      type: mutation.patchType ?? '',
      program: programOf(environment, expressionOf(mutation), mutation.patchType === 'JSONPatch' ? PATCHES : OBJECT),
    })),
  };
}

/** A policy's name, and what went wrong with it. */
interface Failure {
  policy: string;
  binding: string;
  message: string;
  invalid: boolean;
}

/** Each policy sees what the ones before it made; where that changed the object, those that ask for it run once more. */
async function applyAll(options: PolicyOptions, policies: BoundPolicy<Compiled>[], request: AdmissionRequest): Promise<void> {
  const before = copy(request.object as AnyObject);
  await applyEach(options, policies, request);
  const again = policies.filter(({ policy }) => policy.spec?.reinvocationPolicy === 'IfNeeded');
  if (again.length > 0 && policies.length > 1 && !equal(before, request.object)) await applyEach(options, again, request);
}

async function applyEach(options: PolicyOptions, policies: BoundPolicy<Compiled>[], request: AdmissionRequest): Promise<void> {
  const failures: Failure[] = [];
  for (const policy of policies) {
    const failOpen = policy.policy.spec?.failurePolicy === 'Ignore';
    for (const { name, binding, matches } of policy.bindings) {
      if (!matches(request, options.source)) continue;
      const fail = (message: string, invalid: boolean) => {
        if (!failOpen) failures.push({ policy: policy.name, binding: name, message, invalid });
      };
      const params = await collectParams(options, policy.policy.spec?.paramKind, binding.spec?.paramRef, request.namespace);
      if ('error' in params) fail(`failed to configure binding: ${params.error}`, false);
      else for (const param of params.list) applyOne(options, policy.compiled(), request, param, (message) => fail(message, true));
    }
  }
  if (failures.length > 0) throw refusal(request, failures);
}

function applyOne(
  options: PolicyOptions,
  compiled: Compiled,
  request: AdmissionRequest,
  param: AnyObject | undefined,
  fail: (message: string) => void,
): void {
  const session = () =>
    new Session(
      requestVariables(request, namespaceOf(options, request), options.authorize),
      param ? fromJson(param) : null,
      compiled.variables,
    );
  const applies = conditionsHold(session(), compiled.conditions);
  if (applies === false) return;
  if (applies !== true) {
    fail(applies.error);
    return;
  }
  for (const { type, program } of compiled.mutations) {
    // What an earlier mutation made is seen by the next.
    const answer = session().run(program);
    if ('error' in answer) {
      fail(answer.error);
      continue;
    }
    try {
      const made = type === 'JSONPatch' ? patched(request, toJson(answer.value)) : applied(request, toJson(answer.value));
      replaceContent(request.object as AnyObject, finishDecoding(request.kind, made, 'Ignore', [], undefined));
    } catch (error) {
      fail((error as Error).message);
    }
  }
}

const patched = ({ object, kind }: AdmissionRequest, patch: unknown): AnyObject => applyPatch('json', object as AnyObject, patch, kind);

/** Merged as server-side apply merges, but that nobody comes to own what is applied. */
function applied({ object, kind }: AdmissionRequest, config: unknown): AnyObject {
  const { apiVersion, kind: kindName } = object as AnyObject;
  const wanted = { ...(isObject(config) ? config : {}), apiVersion, kind: kindName };
  return copy(merge(typeOfKind(kind), object as Json, wanted as Json)) as AnyObject;
}

function replaceContent(object: AnyObject, wanted: AnyObject): void {
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, wanted);
}

function refusal({ kind, name }: AdmissionRequest, failures: Failure[]): StatusError {
  const texts = failures.map(({ policy, binding, message }) => `policy '${policy}' with binding '${binding}' denied request: ${message}`);
  const error = forbidden(kind, name, '');
  error.status.message = texts[0] ?? '';
  if (failures[0]?.invalid) error.status.reason = 'Invalid';
  error.status.details = { ...error.status.details, causes: texts.map((message) => ({ message })) };
  return error;
}
