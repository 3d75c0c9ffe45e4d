import type { AnyObject } from '../../types/wire.ts';
import { badRequest } from '../errors.ts';

/** A patch can't rename an object or move it. Throws 400. */
export function checkIdentity(wanted: AnyObject, place: { name?: string; namespace?: string }): void {
  const { name = '', namespace = '' } = wanted.metadata ?? {};
  if (name !== (place.name ?? '')) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${place.name})`);
  }
  if (namespace !== (place.namespace ?? '')) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
}
