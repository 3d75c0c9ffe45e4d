/** Every subresource that is served, by `plural.group/name`, or by name alone for all kinds that have it. */
import { bindingVerbs } from './binding.ts';
import { evictionVerbs } from './eviction.ts';
import { finalizeVerbs } from './finalize.ts';
import { refusedVerbs } from './refused.ts';
import { scaleVerbs } from './scale.ts';
import { objectVerbs } from './status.ts';
import type { SubresourceVerbs } from './subresources.ts';

export const SUBRESOURCES: Record<string, SubresourceVerbs> = {
  status: objectVerbs,
  'certificatesigningrequests.certificates.k8s.io/approval': objectVerbs,
  'pods/ephemeralcontainers': objectVerbs,
  'pods/resize': objectVerbs,
  scale: scaleVerbs,
  'pods/binding': bindingVerbs,
  'pods/eviction': evictionVerbs,
  'namespaces/finalize': finalizeVerbs,
  log: refusedVerbs,
  exec: refusedVerbs,
  attach: refusedVerbs,
  portforward: refusedVerbs,
  proxy: refusedVerbs,
};
