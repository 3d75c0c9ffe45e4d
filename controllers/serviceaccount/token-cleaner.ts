/** Token secrets: removes the secret of a ServiceAccount token whose account is gone or was made anew. */
import { isConflict, isNotFound } from '../../client/errors.ts';
import { keyOf } from '../../client/informer.ts';
import { type Secret, secrets, serviceAccounts } from '../../client/resources.ts';
import { type Controller, type Env, loopOf } from '../controller.ts';

const ACCOUNT_NAME = 'kubernetes.io/service-account.name';
const ACCOUNT_UID = 'kubernetes.io/service-account.uid';

export const tokenCleaner: Controller = {
  name: 'legacy-serviceaccount-token-cleaner-controller',
  start: (env) => {
    const tokens = env.informers.for(secrets, { fieldSelector: 'type=kubernetes.io/service-account-token' });
    const accounts = env.informers.for(serviceAccounts);
    tokens.addIndex('account', (secret) => [accountOf(secret)]);
    return loopOf(env, {
      name: 'legacy-serviceaccount-token-cleaner-controller',
      sources: (add) => {
        tokens.handle({ add: (secret) => add(keyOf(secret)), update: (secret) => add(keyOf(secret)) });
        accounts.handle({ remove: (account) => tokens.by('account', keyOf(account)).forEach((secret) => void add(keyOf(secret))) });
      },
      reconcile: async (key) => {
        const secret = tokens.get(key);
        if (secret && !(await hasAccount(env, secret))) await remove(env, secret);
        return undefined;
      },
    });
  },
};

const accountOf = ({ metadata }: Secret) => `${metadata?.namespace}/${metadata?.annotations?.[ACCOUNT_NAME] ?? ''}`;

/** Asks the API itself: a deletion must not rest on a copy that is behind. */
async function hasAccount({ client }: Env, { metadata }: Secret): Promise<boolean> {
  const name = metadata?.annotations?.[ACCOUNT_NAME];
  if (!name) return true;
  const account = await client.get(serviceAccounts, name, metadata?.namespace).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const uid = metadata?.annotations?.[ACCOUNT_UID];
  return account !== undefined && (!uid || uid === account.metadata?.uid);
}

async function remove({ client }: Env, { metadata }: Secret): Promise<void> {
  const { name = '', namespace = '', uid = '' } = metadata ?? {};
  await client.delete(secrets, { name, namespace }, { preconditions: { uid } }).catch((error: unknown) => {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  });
}
