/** What a list, a watch or a deletion of a collection asks for, checked (k8s.io/apimachinery: ListOptions and its validation). */
import { badRequest, invalid } from '../errors.ts';
import { isTrue } from '../http/request-info.ts';
import type { FieldError } from '../kinds/strategy.ts';
import { parseWhole } from './resource-version.ts';

export interface ListOptions {
  limit: number;
  continue: string;
  /** As given; empty: not given. */
  resourceVersion: string;
  resourceVersionMatch: string;
  timeoutSeconds: number | undefined;
  allowWatchBookmarks: boolean;
  /** Undefined: not given. */
  sendInitialEvents: boolean | undefined;
}

/** Throws 400 and 422. */
export function readListOptions(query: URLSearchParams, watch: boolean): ListOptions {
  const initial = query.get('sendInitialEvents');
  const options: ListOptions = {
    limit: parseWhole(query.get('limit')) ?? 0,
    continue: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    timeoutSeconds: parseWhole(query.get('timeoutSeconds')),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    sendInitialEvents: initial === null ? undefined : isTrue(initial),
  };
  const errors = watch ? watchFaults(options) : listFaults(options);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (!watch && options.continue && options.resourceVersion !== '' && options.resourceVersion !== '0') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
  return options;
}

const MATCH = 'resourceVersionMatch';
const forbidden = (field: string, detail: string): FieldError => ({ field, type: 'forbidden', detail });

function listFaults({ resourceVersionMatch: match, resourceVersion, sendInitialEvents, ...options }: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (match) {
    if (options.continue) errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden when continue is provided'));
    else if (!resourceVersion) errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') {
      errors.push({ field: MATCH, type: 'notSupported', value: match, detail: '', supported: ['Exact', 'NotOlderThan', ''] });
    }
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(forbidden(MATCH, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

function watchFaults({ sendInitialEvents, resourceVersionMatch: match, continue: token }: ListOptions): FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents === undefined) {
    if (match) errors.push(forbidden(MATCH, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
  } else {
    if (match !== 'NotOlderThan') {
      errors.push(forbidden(MATCH, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
      if (match) errors.push({ field: MATCH, type: 'notSupported', value: match, detail: '', supported: ['NotOlderThan'] });
    }
    if (token) errors.push(forbidden('continue', 'sendInitialEvents is forbidden when continue is provided'));
  }
  return errors;
}
