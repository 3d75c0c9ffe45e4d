/**
 * The event recorder: what happened to an object, as core/v1 Events that `kubectl describe` shows. Like client-go's: the same event again
 * raises its count, many that differ in their message only become one, and an object that is spoken of too often is not heard any more.
 * Recording is asynchronous and never fails its caller: an event that can't be written is lost.
 */
import { rfc3339 } from '../types/part/clock.ts';
import type { PartContext } from '../types/part/part.ts';
import type { KubeObject } from '../types/wire.ts';
import type { Client } from './client.ts';
import { isNotFound } from './errors.ts';
import { createCorrelator, type Sighting } from './event-correlator.ts';
import { type CoreEvent, events } from './resources.ts';

export type EventType = 'Normal' | 'Warning';

export interface Recorder {
  /** `object` must carry apiVersion and kind, as all objects of informers do. Returns at once. */
  event(object: KubeObject, type: EventType, reason: string, message: string): void;
}

/** Events that wait to be written, at most; more are dropped. */
const MAX_WAITING = 4096;
/** Written at the same time, at most. */
const WRITERS = 4;

interface State {
  client: Client;
  ctx: PartContext;
  component: string;
  host: string;
  waiting: Sighting[];
  writing: number;
  /** Makes names of events unique within a millisecond. */
  sequence: number;
}

/** `component` is shown as the event's source, with the `host` it runs on where that matters (kubelets). */
export function recorder(client: Client, ctx: PartContext, component: string, host = ''): Recorder {
  const state: State = { client, ctx, component, host, waiting: [], writing: 0, sequence: ctx.random.int(1_000_000) };
  const correlate = createCorrelator(ctx.clock);
  return {
    event: (object, type, reason, message) => {
      if (ctx.signal.aborted || state.waiting.length >= MAX_WAITING) return;
      const sighting = correlate(object, type, reason, message);
      if (!sighting || sighting.queued) return;
      sighting.queued = true;
      state.waiting.push(sighting);
      if (state.writing < WRITERS) void write(state);
    },
  };
}

async function write(state: State): Promise<void> {
  state.writing++;
  for (let next = state.waiting.shift(); next; next = state.waiting.shift()) {
    next.queued = false;
    try {
      await record(state, next);
    } catch (error) {
      state.ctx.log.debug({ reason: next.reason, error: String(error) }, 'an event was lost');
    }
  }
  state.writing--;
}

async function record(state: State, sighting: Sighting): Promise<void> {
  if (sighting.written) {
    const patch = { count: sighting.count, lastTimestamp: rfc3339(sighting.last), message: sighting.message };
    try {
      await state.client.patch(events, sighting.written, 'merge', patch);
      return;
    } catch (error) {
      // It expired or was deleted: begin a new one.
      if (!isNotFound(error)) throw error;
    }
  }
  const made = eventOf(state, sighting);
  sighting.written = { name: made.metadata?.name ?? '', namespace: made.metadata?.namespace ?? '' };
  await state.client.create(events, made);
}

function eventOf(state: State, sighting: Sighting): CoreEvent {
  const { metadata } = sighting.object;
  const namespace = metadata?.namespace ?? 'default';
  const stamp = (BigInt(Math.floor(sighting.first)) * 1_000_000n + BigInt(state.sequence++ % 1_000_000)).toString(16);
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${metadata?.name}.${stamp}`, namespace },
    involvedObject: referenceTo(sighting.object),
    type: sighting.type,
    reason: sighting.reason,
    message: sighting.message,
    count: sighting.count,
    firstTimestamp: rfc3339(sighting.first),
    lastTimestamp: rfc3339(sighting.last),
    source: { component: state.component, ...(state.host && { host: state.host }) },
    reportingComponent: state.component,
    reportingInstance: state.host,
  };
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): CoreEvent['involvedObject'] {
  const reference: CoreEvent['involvedObject'] = {};
  if (kind) reference.kind = kind;
  if (metadata?.namespace) reference.namespace = metadata.namespace;
  if (metadata?.name) reference.name = metadata.name;
  if (metadata?.uid) reference.uid = metadata.uid;
  if (apiVersion) reference.apiVersion = apiVersion;
  if (metadata?.resourceVersion) reference.resourceVersion = metadata.resourceVersion;
  return reference;
}
