/** ServiceAccount: a `default` account in every namespace. */
import { serviceAccounts } from '../../client/resources.ts';
import type { Controller } from '../controller.ts';
import { keepInEveryNamespace } from './per-namespace.ts';

const NAME = 'default';

export const serviceAccountController: Controller = {
  name: 'serviceaccount-controller',
  start: (env) =>
    keepInEveryNamespace(env, {
      controller: 'serviceaccount-controller',
      resource: serviceAccounts,
      name: NAME,
      make: (namespace) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace } }),
      correct: () => undefined,
    }),
};
