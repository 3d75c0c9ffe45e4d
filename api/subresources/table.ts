/** Every subresource that is served, by `plural.group/name`, or by name alone for all kinds that have it. */
import { bindingVerbs } from './binding.ts';
import { finalizeVerbs } from './finalize.ts';
import { refusedVerbs } from './refused.ts';
import { objectVerbs } from './status.ts';
import type { SubresourceVerbs } from './subresources.ts';

export const SUBRESOURCES: Record<string, SubresourceVerbs> = {
  status: objectVerbs,
  'certificatesigningrequests.certificates.k8s.io/approval': objectVerbs,
  'pods/ephemeralcontainers': objectVerbs,
  'pods/resize': objectVerbs,
  'pods/binding': bindingVerbs,
  'namespaces/finalize': finalizeVerbs,
  log: refusedVerbs,
  exec: refusedVerbs,
  attach: refusedVerbs,
  portforward: refusedVerbs,
  proxy: refusedVerbs,
};
