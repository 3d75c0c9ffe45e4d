/**
 * Leader election over a Lease, so that several replicas of a part can run and one of them works. As client-go's: a candidate takes a
 * lease that nobody has renewed for its duration, measured by the candidate's own clock, since two machines' clocks may differ.
 */
import { rfc3339Micro } from '../types/part/clock.ts';
import type { PartContext } from '../types/part/part.ts';
import type { Client } from './client.ts';
import { isNotFound } from './errors.ts';
import { type Lease, leases } from './resources.ts';

export interface Candidate {
  /** The lease's name and namespace. */
  name: string;
  namespace: string;
  /** Who we are: different for every candidate. */
  identity: string;
  /** Milliseconds that a lease holds without being renewed. Default 15,000. */
  leaseDuration?: number;
  /** Milliseconds after which a leader that can't renew gives up. Default 10,000; less than `leaseDuration`. */
  renewDeadline?: number;
  /** Milliseconds between tries. Default 2,000. */
  retryPeriod?: number;
  /** The leader's work; its signal aborts when leadership is lost or the part ends. */
  lead(signal: AbortSignal): Promise<void>;
}

interface Election {
  client: Client;
  ctx: PartContext;
  candidate: Required<Candidate>;
  /** The lease as last seen, and when (monotonic) it was last seen to change. */
  seen: Lease | undefined;
  changed: number;
}

/** Campaigns, leads, and campaigns again when the lead was lost, until `ctx.signal` aborts; gives the lease back at the end. */
export async function runForLeader(client: Client, ctx: PartContext, candidate: Candidate): Promise<void> {
  const defaults = { leaseDuration: 15_000, renewDeadline: 10_000, retryPeriod: 2_000 };
  const election: Election = { client, ctx, candidate: { ...defaults, ...candidate }, seen: undefined, changed: 0 };
  while (!ctx.signal.aborted) {
    if (await attempt(election)) await lead(election);
    else await ctx.clock.sleep(election.candidate.retryPeriod * (1 + ctx.random.next() * 0.2), ctx.signal);
  }
}

async function lead(election: Election): Promise<void> {
  const { ctx, candidate } = election;
  const lost = new AbortController();
  const signal = AbortSignal.any([ctx.signal, lost.signal]);
  ctx.log.info({ lease: candidate.name, identity: candidate.identity }, 'leading');
  const work = candidate.lead(signal).finally(() => lost.abort());
  await renew(election, signal);
  lost.abort();
  try {
    await work;
  } finally {
    await release(election);
  }
}

/** Returns when the lead is lost, or not wanted any more. */
async function renew(election: Election, signal: AbortSignal): Promise<void> {
  const { ctx, candidate } = election;
  let renewed = ctx.clock.monotonic();
  while (!signal.aborted) {
    await ctx.clock.sleep(candidate.retryPeriod, signal);
    if (signal.aborted) return;
    if (await attempt(election)) renewed = ctx.clock.monotonic();
    else if (ctx.clock.monotonic() - renewed > candidate.renewDeadline) {
      ctx.log.warn({ lease: candidate.name }, 'lost the lead');
      return;
    }
  }
}

/** Takes or renews the lease; false when another holds it or the API can't be asked. */
async function attempt(election: Election): Promise<boolean> {
  const { client, ctx, candidate } = election;
  try {
    const found = await client.get(leases, candidate.name, candidate.namespace).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (found?.metadata?.resourceVersion !== election.seen?.metadata?.resourceVersion) election.changed = ctx.clock.monotonic();
    election.seen = found;
    if (found && isHeldByAnother(election, found)) return false;
    const wanted = leaseFor(election, found);
    election.seen = found ? await client.update(leases, wanted) : await client.create(leases, wanted);
    election.changed = ctx.clock.monotonic();
    return true;
  } catch (error) {
    ctx.log.debug({ lease: candidate.name, error: String(error) }, 'could not take the lease');
    return false;
  }
}

function isHeldByAnother({ ctx, candidate, changed }: Election, lease: Lease): boolean {
  const holder = lease.spec?.holderIdentity;
  if (!holder || holder === candidate.identity) return false;
  const duration = (lease.spec?.leaseDurationSeconds ?? candidate.leaseDuration / 1000) * 1000;
  return ctx.clock.monotonic() < changed + duration;
}

function leaseFor({ ctx, candidate }: Election, found: Lease | undefined): Lease {
  const now = rfc3339Micro(ctx.clock.now());
  const held = found?.spec?.holderIdentity === candidate.identity;
  const transitions = found?.spec?.leaseTransitions ?? 0;
  return {
    ...found,
    metadata: { ...found?.metadata, name: candidate.name, namespace: candidate.namespace },
    spec: {
      holderIdentity: candidate.identity,
      leaseDurationSeconds: Math.ceil(candidate.leaseDuration / 1000),
      acquireTime: (held && found?.spec?.acquireTime) || now,
      renewTime: now,
      leaseTransitions: held || !found ? transitions : transitions + 1,
    },
  };
}

/** So that the next leader need not wait for the lease to run out. */
async function release(election: Election): Promise<void> {
  const { client, ctx, candidate, seen } = election;
  if (seen?.spec?.holderIdentity !== candidate.identity) return;
  const now = rfc3339Micro(ctx.clock.now());
  const spec = { ...seen.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: now };
  await client.update(leases, { ...seen, spec }).catch(() => undefined);
  election.seen = undefined;
}
