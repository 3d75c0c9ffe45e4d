/**
 * Follows the CustomResourceDefinitions: established ones are served as kinds, names are accepted, and a deleted one goes when its objects
 * have gone. Every API process runs one; what they write is the same, and a write that comes second changes nothing.
 */
import type { Clock } from '../../types/part/clock.ts';
import type { Log } from '../../types/part/log.ts';
import type { AnyObject } from '../../types/wire.ts';
import { equal } from '../patch/value.ts';
import type { KindTable } from '../registry/kind-table.ts';
import type { ObjectSource } from '../watch/source.ts';
import { CLEANUP, CRD_RESOURCE, type Crd, crdStorage, isTrue } from './definition.ts';
import { statusFor, withCondition } from './names.ts';
import { type CustomKind, toKinds } from './to-kind.ts';

/** How the registrar writes. */
export interface CrdWriter {
  /** Changes a CRD as it is now; `change` gives undefined to leave it. A CRD that is gone is left alone. */
  update(name: string, change: (crd: Crd) => Crd | undefined): Promise<void>;
  /** Deletes every object of a custom kind; those with finalizers stay for a while. */
  deleteAll(kind: CustomKind): Promise<void>;
}

export interface RegistrarOptions {
  source: ObjectSource;
  kinds: KindTable;
  writer: CrdWriter;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

interface Served {
  crd: Crd;
  kinds: CustomKind[];
}

const RETRY_MS = 1000;

/** Resolves when what is there already is served. Runs until the signal aborts. */
export async function startRegistrar({ source, kinds, writer, clock, log, signal }: RegistrarOptions): Promise<void> {
  const served = new Map<string, Served>();
  const queue = new Set<string>();
  let working = false;

  const work = async () => {
    if (working) return;
    working = true;
    for (const name of queue) {
      if (signal.aborted) break;
      queue.delete(name);
      try {
        await settle(name);
      } catch (error) {
        log.warn({ crd: name, error: String(error) }, 'a CustomResourceDefinition could not be brought up to date');
        clock.after(RETRY_MS, () => enqueue(name)).unref();
      }
    }
    working = false;
  };
  const enqueue = (name: string) => {
    queue.add(name);
    void work();
  };
  const settle = async (name: string) => {
    const crd = asCrd(source.get(CRD_RESOURCE, name));
    if (!crd) return;
    if (crd.metadata?.deletionTimestamp) await cleanUp(name, crd);
    else await accept(name, crd);
  };
  const accept = async (name: string, crd: Crd) => {
    const others = () => [...source.list(CRD_RESOURCE)].map((object) => asCrd(object) as Crd);
    if (!statusFor(crd, others(), clock.now())) return;
    await writer.update(name, (current) => {
      const status = statusFor(current, others(), clock.now());
      return status && { ...current, status };
    });
  };
  const cleanUp = async (name: string, crd: Crd) => {
    if (!crd.metadata?.finalizers?.includes(CLEANUP)) return;
    const storage = crdStorage(crd);
    const [kind] = served.get(name)?.kinds ?? [];
    await source.whenSynced(storage);
    if (kind && !isEmpty(source.list(storage))) {
      await writer.update(name, (current) => terminating(current, clock.now()));
      await writer.deleteAll(kind);
    }
    if (isEmpty(source.list(storage))) await writer.update(name, withoutCleanup);
    else clock.after(RETRY_MS, () => enqueue(name)).unref();
  };

  const end = source.onChange(CRD_RESOURCE, ({ key, object, before }) => {
    serve(served, kinds, key, asCrd(object));
    enqueue(key);
    // Names that are free again may be another's.
    if (!object && before) for (const name of rivals(source, asCrd(before))) enqueue(name);
  });
  signal.addEventListener('abort', end, { once: true });
  await source.whenSynced(CRD_RESOURCE);
}

const asCrd = (object: AnyObject | undefined) => object as unknown as Crd | undefined;

const isEmpty = (list: Iterable<unknown>) => !list[Symbol.iterator]().next().value;

/** Puts the kinds of one CRD into the table, or takes away those that are served no more. */
function serve(served: Map<string, Served>, table: KindTable, name: string, crd: Crd | undefined): void {
  const before = served.get(name);
  const wanted = crd && isTrue(crd, 'Established') ? crd : undefined;
  if (before && wanted && sameService(before.crd, wanted)) return;
  if (before) table.remove(before.kinds);
  if (!wanted) {
    served.delete(name);
    return;
  }
  const kinds = toKinds(wanted);
  served.set(name, { crd: wanted, kinds });
  table.add(kinds);
}

const sameService = (a: Crd, b: Crd) =>
  a.metadata?.uid === b.metadata?.uid &&
  a.metadata?.generation === b.metadata?.generation &&
  equal(a.status?.acceptedNames, b.status?.acceptedNames);

function* rivals(source: ObjectSource, gone: Crd | undefined): Iterable<string> {
  for (const object of source.list(CRD_RESOURCE)) {
    const crd = asCrd(object);
    if (crd?.spec.group === gone?.spec.group && crd && !isTrue(crd, 'NamesAccepted')) yield crd.metadata?.name ?? '';
  }
}

function terminating(crd: Crd, now: number): Crd | undefined {
  const before = crd.status?.conditions ?? [];
  const conditions = withCondition(
    before,
    {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionInProgress',
      message: 'CustomResource deletion is in progress',
    },
    now,
  );
  return equal(before, conditions) ? undefined : { ...crd, status: { ...crd.status, conditions } };
}

function withoutCleanup(crd: Crd): Crd | undefined {
  const { finalizers = [], ...metadata } = crd.metadata ?? {};
  if (!finalizers.includes(CLEANUP)) return undefined;
  const rest = finalizers.filter((finalizer) => finalizer !== CLEANUP);
  return { ...crd, metadata: rest.length > 0 ? { ...metadata, finalizers: rest } : metadata };
}
