/** The admission steps in the order in which they run, as kube-apiserver orders its plugins. */
import type { ApiOptions } from '../options.ts';
import type { ObjectSource } from '../watch/source.ts';
import type { AdmissionStep } from './admission.ts';
import { defaultTolerationSeconds } from './default-toleration-seconds.ts';
import { namespaceLifecycle } from './namespace-lifecycle.ts';
import { priority } from './priority.ts';
import { serviceAccount } from './service-account.ts';

export function admissionSteps(source: ObjectSource, options: ApiOptions): AdmissionStep[] {
  const all = [namespaceLifecycle(source), serviceAccount(source), priority(source), defaultTolerationSeconds(options)];
  const off = new Set(options['disable-admission-plugins']);
  return all.filter((step) => !off.has(step.name));
}
