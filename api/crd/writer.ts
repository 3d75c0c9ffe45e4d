import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { MASTERS } from '../access/user.ts';
import type { Core } from '../core.ts';
import { StatusError } from '../errors.ts';
import { deleteObject } from '../verbs/delete.ts';
import { type Decision, guardedUpdate } from '../verbs/guarded-update.ts';
import { storedBytes, type WriteContext } from '../verbs/write-context.ts';
import { CRD_RESOURCE, type Crd } from './definition.ts';
import type { CrdWriter } from './registrar.ts';

/** Who the server itself is. */
const SELF = { name: 'system:apiserver', groups: [MASTERS] };

/** Writes through the engine, past authorisation and admission of the CRD itself. */
export function createCrdWriter(core: Core): CrdWriter {
  const contextFor = (kind: Kind, namespace: string, name: string): WriteContext => ({
    core,
    kind,
    user: SELF,
    namespace,
    name,
    subresource: '',
    dryRun: false,
    warnings: [],
  });
  return {
    update: async (name, change) => {
      const [kind] = core.kinds.ofStorage(CRD_RESOURCE);
      if (!kind) return;
      try {
        await guardedUpdate(contextFor(kind, '', name), name, async (current): Promise<Decision> => {
          if (!current) throw new Gone();
          const changed = change(current.parse() as unknown as Crd);
          if (!changed) return { keep: true };
          const { deletionTimestamp, finalizers = [] } = changed.metadata ?? {};
          const type = deletionTimestamp && finalizers.length === 0 ? 'delete' : 'update';
          return { type, value: storedBytes(kind, changed as unknown as AnyObject) };
        });
      } catch (error) {
        if (!(error instanceof Gone)) throw error;
      }
    },
    deleteAll: async (kind) => {
      for (const { key } of [...core.caches.of(kind.storage).values()]) {
        const slash = key.indexOf('/');
        try {
          await deleteObject(contextFor(kind, slash < 0 ? '' : key.slice(0, slash), key.slice(slash + 1)), {});
        } catch (error) {
          if (!(error instanceof StatusError && error.status.reason === 'NotFound')) throw error;
        }
      }
    },
  };
}

class Gone extends Error {}
