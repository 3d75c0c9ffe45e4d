/** From a request's body to an object of a kind: parsed, of the right kind, defaulted. */
import type { AnyObject } from '../../types/wire.ts';
import { badRequest, unsupportedMediaType } from '../errors.ts';
import { MEDIA_TYPES, PROTOBUF } from '../output/accept.ts';
import { apiVersionOf } from '../output/view.ts';
import { type Call, mediaTypeOf } from './call.ts';
import { parseJsonText, shownBytes } from './json-error.ts';
import { finishDecoding } from './kind-rules.ts';
import type { FieldValidation } from './write-options.ts';
import { parseYaml } from './yaml.ts';

/** An object of the call's kind, checked and defaulted. Throws 400, 413 and 415, worded as Kubernetes words them. */
export async function decodeBody(call: Call, fieldValidation: FieldValidation): Promise<AnyObject> {
  const object = await parseBody(call, call.kind.kind);
  const text =
    fieldValidation === 'Ignore' || mediaTypeOf(call) !== 'application/json' ? undefined : suspect((await call.body()).toString(), object);
  checkType(call, object);
  // Through a subresource nobody writes them: they need not be looked at.
  if (call.info.subresource !== '') delete object.metadata?.managedFields;
  return finishDecoding(call.kind, object, fieldValidation, call.warnings, text);
}

/** The text, when it may have repeated keys; what is written again just as it was read has none, and telling that is four times cheaper. */
function suspect(text: string, object: AnyObject): string | undefined {
  return text.trimEnd() === JSON.stringify(object) ? undefined : text;
}

/** An object of any kind, as it came; `expected` names the kind in messages. An empty or absent document is an empty object. */
export async function parseBody(call: Call, expected: string): Promise<AnyObject> {
  const type = mediaTypeOf(call);
  if (type === PROTOBUF && !call.kind.custom) return parseProtobuf(call);
  if (!MEDIA_TYPES.includes(type)) throw unsupportedMediaType(call.kind.custom ? MEDIA_TYPES : [...MEDIA_TYPES, PROTOBUF]);
  const bytes = await call.body();
  return type === 'application/yaml' ? fromYaml(bytes, expected) : parseJson(bytes, expected);
}

/** What the envelope says it is, of any group that the server knows. */
async function parseProtobuf(call: Call): Promise<AnyObject> {
  const { decodeProtobuf } = await import('../protobuf/decode.ts');
  return decodeProtobuf(await call.body(), (apiVersion, kind) => {
    const slash = apiVersion.indexOf('/');
    const [group, version] = [slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
    const known = call.core.kinds.findKind(group, version, kind);
    const names = [
      `k8s.io.api.${group === '' ? 'core' : group.split('.')[0]}.${version}.${kind}`,
      `k8s.io.apimachinery.pkg.apis.meta.v1.${kind}`,
    ];
    return known?.schema.id ? [known.schema.id.replace(/^io\.k8s\./, 'k8s.io.'), ...names] : names;
  });
}

function parseJson(bytes: Buffer, kind: string): AnyObject {
  let value: unknown;
  try {
    value = parseJsonText(bytes.toString());
  } catch (error) {
    throw unrecognized(kind, (error as Error).message, bytes);
  }
  return objectOf(value, kind, bytes);
}

async function fromYaml(bytes: Buffer, kind: string): Promise<AnyObject> {
  let value: unknown;
  try {
    value = await parseYaml(bytes.toString());
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${(error as Error).message}`);
  }
  return objectOf(value, kind, bytes);
}

const TYPE_META = 'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function objectOf(value: unknown, kind: string, bytes: Buffer): AnyObject {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw unrecognized(kind, `json: cannot unmarshal ${goType(value)} into Go value of type ${TYPE_META}`, bytes);
  }
  const object = value as AnyObject;
  for (const field of ['apiVersion', 'kind'] as const) {
    const given: unknown = object[field];
    if (given === null) delete object[field];
    else if (given !== undefined && typeof given !== 'string') {
      throw unrecognized(kind, `json: cannot unmarshal ${goType(given)} into Go struct field .${field} of type string`, bytes);
    }
  }
  return object;
}

const goType = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value);

function unrecognized(kind: string, why: string, bytes: Buffer) {
  const shown = shownBytes(bytes);
  return badRequest(
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ${why} (${shown})`,
  );
}

/** apiVersion and kind may be left out; if not, they must be those of the path. */
function checkType(call: Call, object: AnyObject): void {
  const { kind } = call;
  const expected = apiVersionOf(kind);
  const given = { apiVersion: object.apiVersion || expected, kind: object.kind || kind.kind };
  if (given.apiVersion !== expected || given.kind !== kind.kind) {
    const slash = given.apiVersion.indexOf('/');
    const group = slash < 0 ? '' : given.apiVersion.slice(0, slash);
    const sent = `${group ? `${group}/` : ''}${given.apiVersion.slice(slash + 1)}, Kind=${given.kind}`;
    const wanted = `${kind.group ? `${kind.group}/` : '/'}${kind.version}, Kind=${kind.kind}`;
    if (
      given.kind === kind.kind &&
      group !== kind.group &&
      !call.core.kinds.findKind(group, given.apiVersion.slice(slash + 1), given.kind)
    ) {
      throw badRequest(`the API version in the data (${given.apiVersion}) does not match the expected API version (${expected})`);
    }
    throw badRequest(`the API version in the data (${sent}) does not match the expected API version (${wanted})`);
  }
  object.apiVersion = expected;
  object.kind = kind.kind;
}
