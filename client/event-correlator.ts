/** Which sightings are the same event. The rules and figures are those of client-go's EventCorrelator. */
import type { Clock } from '../types/part/clock.ts';
import type { KubeObject } from '../types/wire.ts';

/** An event as often as it was seen. */
export interface Sighting {
  object: KubeObject;
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  count: number;
  /** Milliseconds since 1970. */
  first: number;
  last: number;
  /** Where it was written. */
  written: { name: string; namespace: string } | undefined;
  queued: boolean;
}

export type Correlate = (object: KubeObject, type: Sighting['type'], reason: string, message: string) => Sighting | undefined;

const MAX_REMEMBERED = 4096;
/** This many events of an object and reason that differ in their message within the interval become one. */
const SIMILAR_LIMIT = 10;
const SIMILAR_INTERVAL_MS = 600_000;
/** Events of one object: a burst of these, then one every five minutes. */
const BURST = 25;
const REFILL_MS = 300_000;

interface Similar {
  messages: Set<string>;
  last: number;
}

interface Bucket {
  tokens: number;
  last: number;
}

/** Undefined: the object has been spoken of too often. */
export function createCorrelator(clock: Clock): Correlate {
  const similar = new Map<string, Similar>();
  const sightings = new Map<string, Sighting>();
  const buckets = new Map<string, Bucket>();
  return (object, type, reason, message) => {
    const now = clock.now();
    const who = `${object.kind}/${object.metadata?.namespace ?? ''}/${object.metadata?.name}/${object.metadata?.uid ?? ''}`;
    if (
      !takeToken(
        remembered(buckets, who, () => ({ tokens: BURST, last: now })),
        now,
      )
    )
      return undefined;
    const what = `${who}/${type}/${reason}`;
    const combined = isCombined(
      remembered(similar, what, () => ({ messages: new Set(), last: now })),
      message,
      now,
    );
    const text = combined ? `(combined from similar events): ${message}` : message;
    const fresh = () => ({ object, type, reason, message: text, count: 0, first: now, last: now, written: undefined, queued: false });
    const sighting = remembered<Sighting>(sightings, combined ? what : `${what}/${message}`, fresh);
    sighting.count++;
    sighting.last = now;
    sighting.message = text;
    return sighting;
  };
}

function takeToken(bucket: Bucket, now: number): boolean {
  bucket.tokens = Math.min(BURST, bucket.tokens + (now - bucket.last) / REFILL_MS);
  bucket.last = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens--;
  return true;
}

function isCombined(similar: Similar, message: string, now: number): boolean {
  if (now - similar.last > SIMILAR_INTERVAL_MS) similar.messages.clear();
  similar.last = now;
  similar.messages.add(message);
  if (similar.messages.size < SIMILAR_LIMIT) return false;
  // The number is what counts; the messages themselves need not be kept.
  if (similar.messages.size > SIMILAR_LIMIT) similar.messages.delete(message);
  return true;
}

/** The value of `key`, kept among the most recently used. */
function remembered<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) map.delete(key);
  const value = found ?? make();
  map.set(key, value);
  if (map.size > MAX_REMEMBERED) map.delete(map.keys().next().value as string);
  return value;
}
