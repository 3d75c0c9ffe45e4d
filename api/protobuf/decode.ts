/**
 * Objects in Kubernetes' protobuf form (`application/vnd.kubernetes.protobuf`), which kubectl and controllers written in Go send: turned into
 * what the same object is in JSON. Zero values that Go would not write stay in; the structural check takes them out.
 */
import { rfc3339 } from '../../types/part/clock.ts';
import type { AnyObject } from '../../types/wire.ts';
import { badRequest } from '../errors.ts';
import { type Message, type MessageField, type Messages, readMessages } from './messages.ts';
import { ProtoReader } from './reader.ts';

type Fields = Record<string, unknown>;

/** The bytes before the envelope. */
const MAGIC = Buffer.from([0x6b, 0x38, 0x73, 0x00]);
const META = 'k8s.io.apimachinery.pkg.apis.meta.v1.';

let messages: Messages | undefined;

/** `expected`: the full name of the message, where the envelope does not say what it holds. Throws 400. */
export function decodeProtobuf(bytes: Buffer, messageNames: (apiVersion: string, kind: string) => string[]): AnyObject {
  if (!bytes.subarray(0, 4).equals(MAGIC))
    throw badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  messages ??= readMessages();
  try {
    const { apiVersion, kind, raw } = openEnvelope(bytes.subarray(4));
    const found = messageNames(apiVersion, kind)
      .map((name) => messages?.named(name))
      .find((message) => message !== undefined);
    if (!found)
      throw badRequest(`no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in protobuf form`);
    return { ...(readMessage(new ProtoReader(raw), found, messages) as Fields), apiVersion, kind };
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError)
      throw badRequest(`unable to decode the protobuf body: ${error.message}`);
    throw error;
  }
}

/** runtime.Unknown: the type, and the object's own bytes. */
function openEnvelope(bytes: Buffer): { apiVersion: string; kind: string; raw: Buffer } {
  const reader = new ProtoReader(bytes);
  let apiVersion = '';
  let kind = '';
  let raw = Buffer.alloc(0);
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) {
      const type = new ProtoReader(reader.bytes());
      while (!type.done) {
        const field = type.tag();
        const text = type.bytes().toString();
        if (field.number === 1) apiVersion = text;
        if (field.number === 2) kind = text;
      }
    } else if (number === 2) raw = Buffer.from(reader.bytes());
    else reader.skip(wire);
  }
  return { apiVersion, kind, raw };
}

/** Messages that are something else in JSON. */
const SPECIAL: Record<string, (fields: Fields) => unknown> = {
  [`${META}Time`]: (f) => time(f, false),
  [`${META}MicroTime`]: (f) => time(f, true),
  'k8s.io.apimachinery.pkg.api.resource.Quantity': (f) => f.string ?? '0',
  'k8s.io.apimachinery.pkg.util.intstr.IntOrString': (f) => (f.type === 1 ? (f.strVal ?? '') : (f.intVal ?? 0)),
  'k8s.io.apimachinery.pkg.runtime.RawExtension': (f) => json(f.raw),
  [`${META}FieldsV1`]: (f) => json(f.Raw),
  'k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': (f) => json(f.raw),
  'k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': (f) => f.schema ?? f.jSONSchemas,
  'k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': (f) => f.schema ?? f.allows ?? false,
  'k8s.io.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': (f) => f.schema ?? f.property,
};
/** Lists that Go gives a type of their own: `{items: [...]}` is the list. */
const WRAPPED = /\.(ExtraValue|Verbs)$/;

function readMessage(reader: ProtoReader, message: Message, all: Messages): unknown {
  const fields: Fields = {};
  while (!reader.done) {
    const { number, wire } = reader.tag();
    const field = message.fields.get(number);
    if (!field) reader.skip(wire);
    else put(fields, field, reader, wire, all);
  }
  if (WRAPPED.test(message.name)) return fields.items ?? [];
  const special = SPECIAL[message.name];
  return special ? special(fields) : fields;
}

function put(into: Fields, field: MessageField, reader: ProtoReader, wire: number, all: Messages): void {
  const { name, shape, type } = field;
  if (shape === 'map') {
    const map = (into[name] ?? {}) as Fields;
    into[name] = map;
    readEntry(map, new ProtoReader(reader.bytes()), type, all);
    return;
  }
  if (shape === 'many' && wire === 2 && (type === 'int32' || type === 'int64')) {
    const packed = new ProtoReader(reader.bytes());
    const list = (into[name] ?? []) as unknown[];
    while (!packed.done) list.push(packed.integer());
    into[name] = list;
    return;
  }
  const value = readValue(reader, type, all);
  if (shape === 'many') into[name] = [...((into[name] ?? []) as unknown[]), value];
  else if (shape === 'inline') Object.assign(into, value);
  else into[name] = value;
}

function readEntry(map: Fields, reader: ProtoReader, type: MessageField['type'], all: Messages): void {
  let key = '';
  let value: unknown = type === 'string' || type === 'bytes' ? '' : undefined;
  while (!reader.done) {
    const { number, wire } = reader.tag();
    if (number === 1) key = reader.bytes().toString();
    else if (number === 2) value = readValue(reader, type, all);
    else reader.skip(wire);
  }
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}

function readValue(reader: ProtoReader, type: MessageField['type'], all: Messages): unknown {
  if (typeof type === 'number') return readMessage(new ProtoReader(reader.bytes()), all.numbered(type), all);
  if (type === 'string') return reader.bytes().toString();
  if (type === 'bytes') return reader.bytes().toString('base64');
  if (type === 'bool') return reader.varint() !== 0n;
  if (type === 'double') return reader.double();
  return reader.integer();
}

function time({ seconds, nanos }: Fields, micro: boolean): string | null {
  if (seconds === undefined) return null;
  const whole = rfc3339(Number(seconds) * 1000);
  return micro ? `${whole.slice(0, -1)}.${String(Math.floor(Number(nanos ?? 0) / 1000)).padStart(6, '0')}Z` : whole;
}

function json(base64: unknown): unknown {
  return typeof base64 === 'string' && base64 !== '' ? JSON.parse(Buffer.from(base64, 'base64').toString()) : null;
}
