/** What form an answer is asked for in: the Accept header (k8s.io/apiserver/pkg/endpoints/handlers/negotiation). */
import { failure, notAcceptable, type StatusError } from '../errors.ts';

export type Shape = 'object' | 'table' | 'partial' | 'partialList';

export interface Form {
  shape: Shape;
  format: 'json' | 'yaml';
  /** Of a table or partial object: `v1` or `v1beta1`. */
  metaVersion: string;
  /** Objects without their managedFields: `application/json;omit=managedFields`, which only our own server knows and others pass over. */
  bare: boolean;
}

const SHAPES: Record<string, Shape> = {
  Table: 'table',
  PartialObjectMetadata: 'partial',
  PartialObjectMetadataList: 'partialList',
};
const FORMATS: Record<string, Form['format']> = { 'application/json': 'json', 'application/yaml': 'yaml', '*/*': 'json' };

/** The media types that bodies may come and go in. */
export const MEDIA_TYPES = ['application/json', 'application/yaml'];
/** Bodies of built-in kinds may come in it; answers are never in it. */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
export const PLAIN_JSON: Form = { shape: 'object', format: 'json', metaVersion: '', bare: false };

export interface MediaClause {
  type: string;
  parameters: Record<string, string>;
}

/** The header's clauses, the most wanted first. */
export function mediaClauses(header: string): MediaClause[] {
  const clauses = header.split(',').map((text) => {
    const [type = '', ...rest] = text.split(';').map((part) => part.trim());
    const parameters = Object.fromEntries(rest.map((p) => [p.slice(0, p.indexOf('=')), p.slice(p.indexOf('=') + 1)]));
    return { type: type.toLowerCase(), parameters, q: parameters.q === undefined ? 1 : Number(parameters.q) };
  });
  return clauses.sort((a, b) => b.q - a.q);
}

/** Most requests come with one of a few headers: each is read once. */
const known = new Map<string, Form | StatusError>();
const KNOWN_AT_MOST = 200;

/** Throws 406. */
export function negotiate(header: string | undefined): Form {
  if (header === undefined || header === 'application/json' || header === '*/*' || header === '') return PLAIN_JSON;
  let form = known.get(header);
  if (!form) {
    form = read(header);
    if (known.size < KNOWN_AT_MOST) known.set(header, form);
  }
  if (form instanceof Error) throw form;
  return form;
}

function read(header: string): Form | StatusError {
  let understood = false;
  for (const { type, parameters } of mediaClauses(header)) {
    const format = FORMATS[type];
    if (!format) continue;
    understood = true;
    if (!parameters.as) return { shape: 'object', format, metaVersion: '', bare: parameters.omit === 'managedFields' };
    const shape = SHAPES[parameters.as];
    const metaVersion = parameters.v ?? '';
    if (shape && parameters.g === 'meta.k8s.io' && (metaVersion === 'v1' || metaVersion === 'v1beta1'))
      return { shape, format, metaVersion, bare: false };
  }
  return understood ? notAcceptable(MEDIA_TYPES) : noRepresentation();
}

function noRepresentation(): StatusError {
  const list = [...MEDIA_TYPES, 'application/json;stream=watch'].join(', ');
  return failure(406, 'NotAcceptable', `406: Not Acceptable\n\nAvailable representations: ${list}`, {});
}
