/** The admission steps in the order in which they run, as kube-apiserver orders its plugins. */

import type { Clock } from '../../types/part/clock.ts';
import type { Authorizer } from '../access/authorizer.ts';
import type { ApiOptions } from '../options.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionStep } from './admission.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { escalation } from './escalation.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { priority } from './priority.ts';
import { requester } from './requester.ts';
import { serviceAccount } from './service-account.ts';
import { storageObjectInUseProtection } from './storage-object-in-use-protection.ts';
import { taintNodesByCondition } from './taint-nodes-by-condition.ts';

export function admissionSteps(source: ObjectSource, authorizer: Authorizer, clock: Clock, options: ApiOptions): AdmissionStep[] {
  const all: AdmissionStep[] = [
    requester(clock),
    namespaceLifecycle(source),
    serviceAccount(source),
    priority(source),
    defaultTolerationSeconds(options),
    storageObjectInUseProtection,
    taintNodesByCondition,
  ];
  if (options['authorization-mode'] === 'RBAC') all.push(escalation(authorizer));
  const off = new Set(options['disable-admission-plugins']);
  return all.filter((step) => !off.has(step.name));
}
