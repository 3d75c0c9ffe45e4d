/** Admission: steps that may change an object before it is stored, then steps that may refuse it (kube-apiserver's admission plugins). */
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { UserInfo } from '../access/user.ts';

export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE' | 'DELETE';
  kind: Kind;
  subresource: string;
  /** Empty for what has no namespace. */
  namespace: string;
  /** Empty while generateName has not been resolved. */
  name: string;
  user: UserInfo;
  /** In the served form of `kind`. Absent for a deletion. Mutating steps may change it. */
  object: AnyObject | undefined;
  /** What is stored; absent for a creation. Never changed. */
  before: AnyObject | undefined;
  dryRun: boolean;
  /** Texts for Warning headers; steps add to it. */
  warnings: string[];
}

export interface AdmissionStep {
  /** As `--disable-admission-plugins` names it. */
  name: string;
  /** May change `request.object`; throws a `StatusError` to refuse. */
  mutate?(request: AdmissionRequest): void | Promise<void>;
  /** Only looks; throws a `StatusError` to refuse. */
  validate?(request: AdmissionRequest): void | Promise<void>;
}

export interface Admission {
  mutate(request: AdmissionRequest): Promise<void>;
  validate(request: AdmissionRequest): Promise<void>;
}

/** Runs the steps in order, all that mutate first. */
export function createAdmission(steps: readonly AdmissionStep[]): Admission {
  const mutating = steps.filter((step) => step.mutate);
  const validating = steps.filter((step) => step.validate);
  return {
    mutate: async (request) => {
      for (const step of mutating) {
        const pending = step.mutate?.(request);
        if (pending) await pending;
      }
    },
    validate: async (request) => {
      for (const step of validating) {
        const pending = step.validate?.(request);
        if (pending) await pending;
      }
    },
  };
}
