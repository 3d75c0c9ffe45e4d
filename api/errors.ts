/** Every error of the API is a `Status`. One constructor for each reason, worded as k8s.io/apimachinery/pkg/api/errors words it. */
import type { Status, StatusCause } from '../types/wire.ts';
import { goQuote } from './apply/go-text.ts';
import type { FieldError } from './kinds/strategy.ts';

/** What names a resource in messages: `deployments.apps "web"`. */
export interface GroupResource {
  group: string;
  plural: string;
}

/** Thrown anywhere in the API server; one place writes it (http/answer). */
export class StatusError extends Error {
  override name = 'StatusError';
  readonly status: Status;
  readonly headers: Record<string, string>;
  constructor(status: Status, headers: Record<string, string> = {}) {
    super(status.message);
    this.status = status;
    this.headers = headers;
  }
}

export function failure(code: number, reason: string | undefined, message: string, details?: Status['details']): StatusError {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code };
  if (reason) status.reason = reason;
  if (details) status.details = details;
  return new StatusError(status);
}

const full = (r: GroupResource) => (r.group ? `${r.plural}.${r.group}` : r.plural);

function about(r: GroupResource, name?: string): NonNullable<Status['details']> {
  const details: NonNullable<Status['details']> = {};
  if (name) details.name = name;
  if (r.group) details.group = r.group;
  details.kind = r.plural;
  return details;
}

export const notFound = (r: GroupResource, name: string) => failure(404, 'NotFound', `${full(r)} "${name}" not found`, about(r, name));

/** A path that nothing serves. */
export const noSuchPath = () => failure(404, 'NotFound', 'the server could not find the requested resource', {});

export const alreadyExists = (r: GroupResource, name: string) =>
  failure(409, 'AlreadyExists', `${full(r)} "${name}" already exists`, about(r, name));

export const conflict = (r: GroupResource, name: string, why: string) =>
  failure(409, 'Conflict', `Operation cannot be fulfilled on ${full(r)} "${name}": ${why}`, about(r, name));

export const OBJECT_MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export const badRequest = (message: string) => failure(400, 'BadRequest', message);

export const unauthorized = () => failure(401, 'Unauthorized', 'Unauthorized');

export const forbidden = (r: GroupResource, name: string, why: string) =>
  failure(403, 'Forbidden', `${full(r)}${name ? ` "${name}"` : ''} is forbidden: ${why}`, about(r, name));

export const methodNotSupported = (r: GroupResource, verb: string) =>
  failure(405, 'MethodNotAllowed', `${verb} is not supported on resources of kind "${full(r)}"`, about(r));

export const methodNotAllowed = () =>
  failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {});

export const notAcceptable = (accepted: string[]) =>
  failure(406, 'NotAcceptable', `only the following media types are accepted: ${accepted.join(', ')}`);

export const unsupportedMediaType = (accepted: string[]) =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
  );

export const gone = (message: string) => failure(410, 'Gone', message);

export const expired = (message: string) => failure(410, 'Expired', message);

export const tooLarge = (message: string) => failure(413, 'RequestEntityTooLarge', message);

export const internal = (message: string) =>
  failure(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });

export const unavailable = (message: string) => failure(503, 'ServiceUnavailable', message);

export const tooManyRequests = (message: string, retryAfterSeconds: number) => {
  const error = failure(429, 'TooManyRequests', message, { retryAfterSeconds });
  error.headers['Retry-After'] = String(retryAfterSeconds);
  return error;
};

/** 422: the causes of a refused object. `kind` and `group` are those of the object's kind, `name` may be empty. */
export function invalid(kind: { group: string; kind: string }, name: string, errors: FieldError[]): StatusError {
  const causes = errors.map(causeOf);
  const texts = [...new Set(causes.map((c) => `${c.field}: ${c.message}`))];
  const list = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  const who = `${kind.kind}${kind.group ? `.${kind.group}` : ''} "${name}"`;
  const details: NonNullable<Status['details']> = {};
  if (name) details.name = name;
  if (kind.group) details.group = kind.group;
  details.kind = kind.kind;
  details.causes = causes;
  return failure(422, 'Invalid', `${who} is invalid: ${list}`, details);
}

const REASONS: Record<FieldError['type'], [reason: string, text: string]> = {
  required: ['FieldValueRequired', 'Required value'],
  invalid: ['FieldValueInvalid', 'Invalid value'],
  notSupported: ['FieldValueNotSupported', 'Unsupported value'],
  forbidden: ['FieldValueForbidden', 'Forbidden'],
  duplicate: ['FieldValueDuplicate', 'Duplicate value'],
  tooLong: ['FieldValueTooLong', 'Too long'],
  tooMany: ['FieldValueTooMany', 'Too many'],
  typeInvalid: ['FieldValueTypeInvalid', 'Invalid value'],
  internal: ['InternalError', 'Internal error'],
  notFound: ['FieldValueNotFound', 'Not found'],
};

/** As one text: `spec.a: Invalid value: "x": must be new`. */
export const faultText = (error: FieldError): string => `${error.field}: ${causeOf(error).message}`;

function causeOf(error: FieldError): StatusCause {
  const [reason, text] = REASONS[error.type];
  return { reason, message: `${text}${shownValue(error)}${shownDetail(error)}`, field: error.field };
}

/** Required, forbidden, too-long and internal faults do not repeat the value (field.Error.ErrorBody). */
function shownValue(error: FieldError): string {
  if (error.omitValue || ['required', 'forbidden', 'tooLong', 'internal'].includes(error.type)) return '';
  const { value } = error;
  if (value === undefined || value === null) return ': null';
  return `: ${typeof value === 'string' ? goQuote(value) : JSON.stringify(value)}`;
}

function shownDetail(error: FieldError): string {
  if (error.supported) return `: supported values: ${error.supported.map((v) => JSON.stringify(v)).join(', ')}`;
  return error.detail ? `: ${error.detail}` : '';
}
