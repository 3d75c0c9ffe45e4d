/**
 * ResourceQuota: what a request takes is added to `status.used` before it is done, or the request is refused
 * (k8s.io/apiserver/pkg/admission/plugin/resourcequota). Each write is of the version that was looked at, so that no two requests can both take
 * what is left for one.
 */
import { addQuantities, compareQuantities, subtractQuantities } from '../../../types/quantity.ts';
import type { AnyObject } from '../../../types/wire.ts';
import { MASTERS } from '../../access/user.ts';
import type { Core } from '../../core.ts';
import { forbidden, type StatusError } from '../../errors.ts';
import { equal } from '../../patch/value.ts';
import { inForm } from '../../verbs/call.ts';
import { type Decision, guardedUpdate } from '../../verbs/guarded-update.ts';
import { storedBytes, type WriteContext } from '../../verbs/write-context.ts';
import type { ObjectSource } from '../../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import { byNamespace } from '../by-namespace.ts';
import type { Amounts } from '../pod-amounts.ts';
import { inScope, type QuotaSpec } from './scopes.ts';
import { isPodAmount, missingAmounts, requestedUsage } from './usage.ts';

const QUOTAS = 'resourcequotas';
const SELF = { name: 'system:apiserver', groups: [MASTERS] };

interface Quota extends AnyObject {
  spec?: QuotaSpec;
  status?: { hard?: Amounts; used?: Amounts };
}

/** `core` is asked for when there is a quota to write. */
export function resourceQuota(source: ObjectSource, core: () => Core): AdmissionStep {
  const quotas = byNamespace(source, QUOTAS);
  const validate = (request: AdmissionRequest): void | Promise<void> => {
    const { object, kind, namespace } = request;
    if (!object || !namespace) return;
    const all = [...(quotas.of(namespace) as Iterable<Quota>)];
    const usage = all.length > 0 ? requestedUsage(request) : undefined;
    if (!usage) return;
    const matching = all.filter(
      (quota) => touches(quota, usage, kind.storage === 'pods') && inScope(quota.spec ?? {}, kind.storage, object),
    );
    if (matching.length > 0) return takeAll(core(), matching, usage, request);
  };
  return {
    name: 'ResourceQuota',
    validate: (request) => {
      if (request.operation === 'DELETE' || !request.namespace) return;
      const loading = quotas.loading();
      return loading ? loading.then(() => validate(request)) : validate(request);
    },
  };
}

/** A quota counts once its status says what it holds to. */
function touches({ status }: Quota, usage: Amounts, isPod: boolean): boolean {
  return Object.keys(status?.hard ?? {}).some((name) => usage[name] !== undefined || (isPod && isPodAmount(name)));
}

async function takeAll(core: Core, quotas: Quota[], usage: Amounts, request: AdmissionRequest): Promise<void> {
  for (const quota of quotas) checkStated(quota, request);
  const taken: string[] = [];
  for (const quota of quotas) {
    const name = quota.metadata?.name ?? '';
    try {
      await change(core, request, name, (current) => take(current, usage, request));
      taken.push(name);
    } catch (error) {
      // What was taken of the others is given back.
      for (const one of taken) await change(core, request, one, (current) => giveBack(current, usage));
      throw error;
    }
  }
}

function checkStated({ metadata, status }: Quota, request: AdmissionRequest): void {
  const { kind, object, name } = request;
  if (kind.storage !== 'pods' || !object) return;
  const missing = missingAmounts(object, status?.hard ?? {});
  if (missing) throw forbidden(kind, name, `failed quota: ${metadata?.name}: must specify ${missing}`);
}

/** `next` gives the amounts that are used then; undefined: as they are. */
async function change(core: Core, request: AdmissionRequest, name: string, next: (quota: Quota) => Amounts | undefined): Promise<void> {
  const [kind] = core.kinds.ofStorage(QUOTAS);
  if (!kind) return;
  const { namespace, dryRun } = request;
  const context: WriteContext = { core, kind, user: SELF, namespace, name, subresource: 'status', dryRun, warnings: [] };
  await guardedUpdate(context, `${namespace}/${name}`, async (current): Promise<Decision> => {
    if (!current) throw new Gone();
    const quota = inForm(kind, current.parse()) as Quota;
    const used = next(quota);
    if (!used || equal(used, quota.status?.used)) return { keep: true };
    quota.status = { ...quota.status, used };
    return { type: 'update', value: storedBytes(kind, quota) };
  }).catch((error: unknown) => {
    // A quota that was deleted meanwhile holds nobody to anything.
    if (!(error instanceof Gone)) throw error;
  });
}

class Gone extends Error {}

function take(quota: Quota, usage: Amounts, request: AdmissionRequest): Amounts {
  const { hard = {}, used = {} } = quota.status ?? {};
  const counted = Object.keys(usage).filter((name) => hard[name] !== undefined);
  const unknown = counted.filter((name) => used[name] === undefined);
  if (unknown.length > 0) {
    throw forbidden(
      request.kind,
      request.name,
      `status unknown for quota: ${quota.metadata?.name}, resources: ${unknown.sort().join(',')}`,
    );
  }
  const after: Amounts = { ...used };
  for (const name of counted) after[name] = addQuantities(used[name] ?? '0', usage[name] ?? '0');
  const exceeded = counted.filter((name) => usage[name] !== '0' && compareQuantities(after[name] ?? '0', hard[name] ?? '0') > 0);
  if (exceeded.length > 0) throw exceededError(quota, usage, exceeded, request);
  return after;
}

function exceededError({ metadata, status }: Quota, usage: Amounts, names: string[], request: AdmissionRequest): StatusError {
  const shown = (amounts: Amounts | undefined) =>
    [...names]
      .sort()
      .map((name) => `${name}=${amounts?.[name] ?? '0'}`)
      .join(',');
  const words = `requested: ${shown(usage)}, used: ${shown(status?.used)}, limited: ${shown(status?.hard)}`;
  return forbidden(request.kind, request.name, `exceeded quota: ${metadata?.name}, ${words}`);
}

function giveBack({ status }: Quota, usage: Amounts): Amounts {
  const after: Amounts = { ...status?.used };
  for (const [name, amount] of Object.entries(usage)) {
    if (status?.hard?.[name] !== undefined && after[name] !== undefined) after[name] = subtractQuantities(after[name], amount);
  }
  return after;
}
