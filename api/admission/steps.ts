/** The admission steps in the order in which they run, as kube-apiserver orders its plugins. */

import type { Clock } from '../../types/part/clock.ts';
import type { Authorizer } from '../access/authorizer.ts';
import type { Core } from '../core.ts';
import type { ApiOptions } from '../options.ts';
import type { KindTable } from '../registry/kind-table.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionStep } from './admission.ts';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.ts';
import { defaultIngressClass, defaultStorageClass } from './default-class.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { escalation } from './escalation.ts';
import { limitRanger } from './limit-ranger.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { podSecurity } from './pod-security/pod-security.ts';
import { mutatingPolicies } from './policy/mutating.ts';
import { validatingPolicies } from './policy/validating.ts';
import { priority } from './priority.ts';
import { resourceQuota } from './quota/resource-quota.ts';
import { requester } from './requester.ts';
import { runtimeClass } from './runtime-class.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export interface AdmissionParts {
  source: ObjectSource;
  kinds: KindTable;
  authorizer: Authorizer;
  clock: Clock;
  /** Asked for once the server has started. */
  core: () => Core;
}

export function admissionSteps({ source, kinds, authorizer, clock, core }: AdmissionParts, options: ApiOptions): AdmissionStep[] {
  const rbac = options['authorization-mode'] === 'RBAC';
  const authorize: Authorizer['authorize'] = rbac ? authorizer.authorize : () => ({ allowed: true, reason: '', detail: '' });
  const policies = { source, kinds, authorize };
  const all: AdmissionStep[] = [
    requester(clock),
    namespaceLifecycle(source),
    limitRanger(source),
    serviceAccount(source),
    podSecurity(source),
    priority(source),
    defaultTolerationSeconds(options),
    defaultStorageClass(source),
    storageObjectInUseProtection,
    runtimeClass(source),
    defaultIngressClass(source),
    taintNodesByCondition,
    certificateApproval(authorize),
    certificateSigning(authorize),
    certificateSubjectRestriction,
    mutatingPolicies(policies),
    validatingPolicies(policies),
    resourceQuota(source, core),
  ];
  if (rbac) all.push(escalation(authorizer));
  const off = new Set(options['disable-admission-plugins']);
  return all.filter((step) => !off.has(step.name));
}
