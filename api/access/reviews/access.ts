import type { AnyObject } from '../../../types/wire.ts';
import { badRequest, invalid, type StatusError } from '../../errors.ts';
import type { FieldError } from '../../kinds/strategy.ts';
import { type Attributes, NOTHING } from '../attributes.ts';
import type { UserInfo } from '../user.ts';
import type { ReviewContext } from './review.ts';

interface SelectorAttributes {
  rawSelector?: string;
  requirements?: { key?: string; operator?: string; values?: string[] }[];
}

interface ResourceAttributes {
  namespace?: string;
  verb?: string;
  group?: string;
  version?: string;
  resource?: string;
  subresource?: string;
  name?: string;
  fieldSelector?: SelectorAttributes;
  labelSelector?: SelectorAttributes;
}

interface AccessSpec {
  resourceAttributes?: ResourceAttributes;
  nonResourceAttributes?: { path?: string; verb?: string };
  user?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

export function reviewOwnAccess(body: AnyObject, user: UserInfo, _namespace: string, context: ReviewContext): AnyObject {
  const spec = specOf(body);
  refuse([...metadataFaults(body, false), ...specFaults(spec)]);
  return answer(body, user, spec, context);
}

export function reviewSubjectAccess(body: AnyObject, _user: UserInfo, _namespace: string, context: ReviewContext): AnyObject {
  const spec = specOf(body);
  refuse([...metadataFaults(body, false), ...specFaults(spec), ...subjectFaults(spec)]);
  return answer(body, subjectOf(spec), spec, context);
}

export function reviewLocalAccess(given: AnyObject, _user: UserInfo, namespace: string, context: ReviewContext): AnyObject {
  const body: AnyObject = { ...given, metadata: { namespace, ...given.metadata } };
  const spec = specOf(body);
  const { resourceAttributes: asked, nonResourceAttributes: path } = spec;
  const faults = [...metadataFaults(body, true), ...specFaults(spec), ...subjectFaults(spec)];
  if (asked && asked.namespace !== body.metadata?.namespace) {
    faults.push(fault('spec.resourceAttributes.namespace', asked.namespace ?? '', 'must match metadata.namespace'));
  }
  if (path) faults.push(fault('spec.nonResourceAttributes', goPath(path), 'disallowed on this kind of request'));
  refuse(faults);
  if (asked?.namespace !== namespace) throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  return answer(body, subjectOf(spec), spec, context);
}

const specOf = (body: AnyObject) => (body.spec ?? {}) as AccessSpec;

function answer(body: AnyObject, user: UserInfo, spec: AccessSpec, { authorizer }: ReviewContext): AnyObject {
  const { allowed, detail } = authorizer.authorize(user, attributesOf(spec));
  return { ...body, status: detail ? { allowed, reason: detail } : { allowed } };
}

function attributesOf({ resourceAttributes: asked, nonResourceAttributes: path }: AccessSpec): Attributes {
  if (path) return { ...NOTHING, isResource: false, verb: path.verb ?? '', path: path.path ?? '' };
  const { namespace = '', verb = '', group = '', version = '', resource = '', subresource = '', name = '' } = asked ?? {};
  return { isResource: true, namespace, verb, group, version, resource, subresource, name, path: '' };
}

function subjectOf({ user = '', uid, groups = [], extra }: AccessSpec): UserInfo {
  return { name: user, groups, ...(uid ? { uid } : {}), ...(extra ? { extra } : {}) };
}

const fault = (field: string, value: unknown, detail: string): FieldError => ({ field, type: 'invalid', value, detail });

/** As the internal Go structure is shown in messages. */
const goPath = ({ path = '', verb = '' }: NonNullable<AccessSpec['nonResourceAttributes']>) => ({ Path: path, Verb: verb });

function metadataFaults(body: AnyObject, namespaced: boolean): FieldError[] {
  const { namespace, creationTimestamp: _, managedFields, ...rest } = body.metadata ?? {};
  const shown = namespace && !namespaced ? { namespace, ...rest } : rest;
  if (Object.keys(shown).length === 0) return [];
  return [fault('metadata', { ...shown, managedFields }, namespaced ? 'must be empty except for namespace' : 'must be empty')];
}

function specFaults({ resourceAttributes: asked, nonResourceAttributes: path }: AccessSpec): FieldError[] {
  const faults: FieldError[] = [];
  if (asked && path)
    faults.push(fault('spec.nonResourceAttributes', goPath(path), 'cannot be specified in combination with resourceAttributes'));
  if (!asked && !path) {
    faults.push(fault('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified'));
  }
  faults.push(...selectorFaults(asked?.fieldSelector, 'spec.resourceAttributes.fieldSelector'));
  faults.push(...selectorFaults(asked?.labelSelector, 'spec.resourceAttributes.labelSelector'));
  return faults;
}

function selectorFaults(selector: SelectorAttributes | undefined, field: string): FieldError[] {
  if (!selector) return [];
  const { rawSelector = '', requirements = [] } = selector;
  if (rawSelector && requirements.length > 0) {
    return [fault(`${field}.rawSelector`, rawSelector, 'may not specified at the same time as requirements')];
  }
  if (rawSelector || requirements.length > 0) return [];
  return [
    { field: `${field}.requirements`, type: 'required', detail: `when ${field} is specified, requirements or rawSelector is required` },
  ];
}

function subjectFaults({ user, groups }: AccessSpec): FieldError[] {
  return user || groups?.length ? [] : [fault('spec.user', user ?? '', 'at least one of user or group must be specified')];
}

function refuse(faults: FieldError[]): void {
  if (faults.length === 0) return;
  throw withoutKind(invalid({ group: 'authorization.k8s.io', kind: '' }, '', faults));
}

/** Kubernetes gives no kind in the details of these. */
function withoutKind(error: StatusError): StatusError {
  delete error.status.details?.kind;
  return error;
}
