/**
 * From client-side apply to server-side apply: what kubectl wrote down in its annotation it may take over without a conflict, and the
 * annotation is kept up to date (managedfields/internal: lastappliedmanager.go, lastappliedupdater.go).
 */
import type { Json } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import { isObject } from '../patch/value.ts';
import { compare } from './compare.ts';
import { difference, type FieldSet } from './field-set.ts';
import { toFieldSet } from './to-field-set.ts';
import type { Type } from './type.ts';
import { typeFaults } from './validate.ts';

/** Only this manager looks at the annotation. */
export const KUBECTL = 'kubectl';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const ANNOTATIONS_LIMIT = 256 * 1024;

/** The fields that are still as client-side apply left them. Undefined when there is no such annotation or it does not fit. */
export function lastAppliedFields(type: Type, apiVersion: string, live: AnyObject): FieldSet | undefined {
  const text = live.metadata?.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  const config = parse(text);
  if (!isObject(config) || config.apiVersion !== apiVersion || typeFaults(type, config as Json) !== undefined) return undefined;
  const { added, modified, removed } = compare(type, config as Json, live as Json);
  return [modified, added, removed].reduce(difference, toFieldSet(type, config as Json));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Writes the annotation anew where there is one: it holds `config`. Left out where it would make the annotations too long. */
export function keepLastApplied(object: AnyObject, config: AnyObject): void {
  const annotations = object.metadata?.annotations;
  if (!annotations?.[LAST_APPLIED]) return;
  const { [LAST_APPLIED]: _, ...others } = config.metadata?.annotations ?? {};
  const metadata: Record<string, unknown> = { ...config.metadata };
  if (config.metadata?.annotations) metadata.annotations = others;
  const text = `${sortedJson({ ...config, metadata })}\n`;
  const { [LAST_APPLIED]: __, ...kept } = annotations;
  const size = Object.entries({ ...kept, [LAST_APPLIED]: text }).reduce(
    (sum, [k, v]) => sum + Buffer.byteLength(k) + Buffer.byteLength(v),
    0,
  );
  if (object.metadata) object.metadata.annotations = size > ANNOTATIONS_LIMIT ? kept : { ...kept, [LAST_APPLIED]: text };
}

/** Go's encoder writes the keys of maps in order. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, child) =>
    isObject(child) ? Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1))) : child,
  );
}
