/** Subresources that stream to and from containers and proxies: refused by name. */
import { failure } from '../errors.ts';
import type { Call } from '../verbs/call.ts';
import { read } from '../verbs/get.ts';
import type { SubresourceVerbs } from './subresources.ts';

async function refuse(call: Call): Promise<never> {
  await read(call);
  const { subresource, resource } = call.info;
  throw failure(501, 'NotImplemented', `this server does not serve ${resource}/${subresource} yet`, {
    kind: call.kind.plural,
    name: call.info.name,
  });
}

export const refusedVerbs: SubresourceVerbs = { get: refuse, create: refuse, update: refuse, patch: refuse, delete: refuse };
