/** The structural check of a decoded body: wrong types, unknown and repeated fields, worded as kube-apiserver words them. */

import type { Kind, Schema } from '../../types/kinds/kind.ts';
import { builtinDefinitions } from '../../types/kinds/registry.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, type StatusError } from '../errors.ts';
import { type Decode, DecodeAborted, DecodeContext, type JsonObject } from './decode-context.ts';
import { decoderOf } from './decoder.ts';
import { duplicateFields } from './duplicate-fields.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

export interface DecodeFaults {
  /** A value of the wrong type, as Go's decoder words it. The object can't be used then. */
  fault?: string;
  /** `unknown field "spec.foo"`, `duplicate field "spec.replicas"`. The fields are gone from the object. */
  strict: string[];
}

/**
 * Checks `object` against the kind's schema and brings it, in place, into the form in which Go would write it: unknown fields and nulls
 * dropped, quantities and times in canonical form, zero values where Go writes them. Of a custom kind only the metadata is touched: its own
 * schema is checked with its CRD's rules. `text` is the JSON it was parsed from, and is needed to find repeated keys; left out, none are
 * looked for.
 */
export function decodeFaults(kind: Kind, object: AnyObject, text?: string): DecodeFaults {
  const context = new DecodeContext();
  try {
    if (kind.custom) decodeMetadata(object, context);
    else decoderOf(kind.schema)(object as JsonObject, context);
  } catch (error) {
    if (!(error instanceof DecodeAborted)) throw error;
  }
  const strict = context.unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
  if (text !== undefined) for (const path of duplicateFields(text)) strict.push(`duplicate field ${JSON.stringify(path)}`);
  return context.fault === undefined ? { strict } : { fault: context.fault, strict };
}

/**
 * `decodeFaults` for a request's body: throws 400 for a wrong type, and in Strict mode for unknown and repeated fields, which in Warn mode
 * become `warnings`.
 */
export function checkDecoded(kind: Kind, object: AnyObject, mode: FieldValidation, warnings: string[], text?: string): void {
  const { fault, strict } = decodeFaults(kind, object, mode === 'Ignore' ? undefined : text);
  if (fault !== undefined) throw decodeError(kind, fault);
  if (strict.length === 0 || mode === 'Ignore') return;
  if (mode === 'Strict') throw decodeError(kind, `strict decoding error: ${strict.join(', ')}`);
  warnings.push(...strict);
}

/** 400: `Deployment in version "v1" cannot be handled as a Deployment: ...` */
export function decodeError(kind: Kind, why: string): StatusError {
  return badRequest(`${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`);
}

let metadataSchema: Schema | undefined;

/** Any kind's metadata, custom ones' too, is an ObjectMeta. */
export function objectMetaDecoder(): Decode {
  metadataSchema ??= builtinDefinitions().definition('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  return decoderOf(metadataSchema);
}

function decodeMetadata(object: AnyObject, context: DecodeContext): void {
  if (object.metadata === undefined) return;
  context.path.push('metadata');
  const metadata = objectMetaDecoder()(object.metadata as JsonObject, context);
  context.path.pop();
  if (metadata === null || typeof metadata !== 'object') delete object.metadata;
}
