/** What every cluster has from the start: written where it is missing, in parallel, before the server listens. */
import type { AnyObject } from '../../types/wire.ts';
import { defaultPolicy, reconcilePolicy } from '../access/bootstrap/policy.ts';
import { MASTERS } from '../access/user.ts';
import type { Core } from '../core.ts';
import { CRD_RESOURCE } from '../crd/definition.ts';
import { StatusError } from '../errors.ts';
import type { ApiOptions } from '../options.ts';
import { keyIn } from '../verbs/call.ts';
import { createObject } from '../verbs/create.ts';
import { type Decision, guardedUpdate } from '../verbs/guarded-update.ts';
import { finishDecoding } from '../verbs/kind-rules.ts';
import { replace } from '../verbs/update.ts';
import { storedBytes, type WriteContext } from '../verbs/write-context.ts';
import { readManifests, typesDefinedBy, whenServed } from './manifests.ts';
import { authenticationConfig, kubernetesService, NAMESPACES, PRIORITY_CLASSES } from './objects.ts';

/** Who the server itself is. */
const SELF = { name: 'system:apiserver', groups: [MASTERS] };

/** `clientCa`: the PEM of the CA of client certificates. */
export async function bootstrap(core: Core, options: ApiOptions, clientCa: string): Promise<void> {
  await ensureAll(core, NAMESPACES);
  await Promise.all([
    ensureAll(core, [...PRIORITY_CLASSES, kubernetesService(options), authenticationConfig(clientCa)]),
    ensurePolicy(core, defaultPolicy()),
    ensureManifests(core),
  ]);
}

/** The custom kinds of Kumulus, brought up to date, and the objects that come with them. The registrar must be running. */
async function ensureManifests(core: Core): Promise<void> {
  const { definitions, objects } = await readManifests(core);
  await Promise.all(definitions.map((definition) => ensureDefinition(core, definition)));
  await Promise.all(definitions.flatMap(typesDefinedBy).map((type) => whenServed(core, type)));
  await Promise.all(objects.map((object) => ensure(core, object)));
}

async function ensureDefinition(core: Core, definition: AnyObject): Promise<void> {
  const context = { ...contextFor(core, definition), name: definition.metadata?.name ?? '' };
  if (!core.caches.get(CRD_RESOURCE, context.name)) return ensure(core, definition);
  await guardedUpdate(context, context.name, async (current): Promise<Decision> => {
    if (!current) return { keep: true };
    const object = current.parse();
    object.spec = structuredClone(definition.spec);
    object.metadata = { ...object.metadata, annotations: { ...object.metadata?.annotations, ...definition.metadata?.annotations } };
    return replace(context, current, finishDecoding(context.kind, object, 'Strict', [], undefined));
  });
}

async function ensureAll(core: Core, objects: readonly AnyObject[]): Promise<void> {
  await Promise.all(objects.map((object) => ensure(core, object)));
}

/** How long another server may take to store what it has begun to. */
const PATIENCE_MS = 1000;
const POLL_MS = 50;

/**
 * Writes the object if nothing has its name. Two servers may start at once: whoever comes second waits for it to appear. When it does not,
 * the first was killed in the middle of it, and what it took is free again.
 */
export async function ensure(core: Core, object: AnyObject): Promise<void> {
  const context = contextFor(core, object);
  const cache = core.caches.of(context.kind.storage);
  const name = object.metadata?.name ?? '';
  const key = keyIn(context.kind, context.namespace, name);
  await cache.synced;
  for (let waited = 0; !cache.get(key); waited += POLL_MS) {
    try {
      await createObject(context, finishDecoding(context.kind, structuredClone(object), 'Strict', [], undefined));
      return;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (error.status.reason !== 'AlreadyExists' && (error.status.reason !== 'Invalid' || waited > 2 * PATIENCE_MS)) throw error;
    }
    if (waited === PATIENCE_MS) await core.services.forget(context.namespace, name);
    await core.clock.sleep(POLL_MS, core.signal);
    await cache.fresh();
  }
}

/** As `ensure`, and gives back what was taken away from a role or binding (unless its owner has turned that off). */
async function ensurePolicy(core: Core, objects: readonly AnyObject[]): Promise<void> {
  await Promise.all(
    objects.map(async (object) => {
      const { kind, namespace } = contextFor(core, object);
      const cache = core.caches.of(kind.storage);
      await cache.synced;
      const key = keyIn(kind, namespace, object.metadata?.name ?? '');
      const stored = cache.get(key);
      if (!stored) return ensure(core, object);
      const merged = reconcilePolicy(stored.parse(), object);
      if (merged) await cache.store.write({ key, expect: stored.revision, value: storedBytes(kind, merged), type: 'update' });
    }),
  );
}

function contextFor(core: Core, object: AnyObject): WriteContext {
  const apiVersion = object.apiVersion ?? 'v1';
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const kind = core.kinds.findKind(group, apiVersion.slice(slash + 1), object.kind ?? '');
  if (!kind) throw new Error(`no kind ${object.kind} in ${apiVersion}`);
  const namespace = object.metadata?.namespace ?? '';
  return { core, kind, user: SELF, namespace, name: '', subresource: '', dryRun: false, warnings: [], vouchedFor: true };
}
