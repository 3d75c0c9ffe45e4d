import type { Authorizer } from '../access/authorizer.ts';
import { checkGrant } from '../access/escalation.ts';
import type { AdmissionStep } from './admission.ts';

/** Roles and bindings grant no more than their writer holds. No plugin in Kubernetes, where the kinds' own registry does it; it can't be turned off. */
export function escalation(authorizer: Authorizer): AdmissionStep {
  return {
    name: '',
    validate: ({ operation, kind, user, object, before }) => {
      if (operation !== 'DELETE' && kind.group === 'rbac.authorization.k8s.io' && object) checkGrant(authorizer, user, object, before);
    },
  };
}
