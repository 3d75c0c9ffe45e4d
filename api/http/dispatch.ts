/** From an allowed request to the verb, subresource or document that answers it. */
import { groupResource, type Kind } from '../../types/kinds/kind.ts';
import type { Core } from '../core.ts';
import { isCustom } from '../crd/to-kind.ts';
import type { Paths } from '../discovery/paths.ts';
import { failure, methodNotAllowed, noSuchPath, notFound } from '../errors.ts';
import { negotiate } from '../output/accept.ts';
import type { KindTable } from '../registry/kind-table.ts';
import type { Subresources } from '../subresources/subresources.ts';
import type { Call } from '../verbs/call.ts';
import { VERBS, type Verb } from '../verbs/verbs.ts';
import { textAnswer } from './answer.ts';
import { readBody } from './body.ts';
import type { Exchange, Step } from './exchange.ts';
import type { RequestInfo } from './request-info.ts';

export interface DispatchContext {
  core: Core;
  paths: Paths;
  /** By `plural.group/subresource`, or `* /subresource` for all kinds that have it. */
  subresources: Subresources;
  /** Kinds that are answered, not stored: reviews. By `plural.group`. */
  answered: ReadonlyMap<string, Verb>;
}

/** The last step: it answers. */
export function dispatchStep(context: DispatchContext): Step {
  return async (exchange) => {
    const { info } = exchange;
    if (!info.isResource) {
      exchange.answer = await context.paths.answer(exchange);
      return;
    }
    const kind = context.core.kinds.find(info.group, info.version, info.resource);
    if (!kind && !servesBuiltIn(context.core.kinds, info)) {
      exchange.answer = noSuchPage();
      return;
    }
    if (!kind) throw noSuchPath();
    if (kind.custom && isMisplaced(kind, info)) {
      exchange.answer = noSuchPage();
      return;
    }
    const deprecation = isCustom(kind) ? kind.deprecation : kind.deprecationWarning;
    if (deprecation) exchange.warnings.push(deprecation);
    const verb = verbFor(context, kind, info, exchange.request.method ?? '');
    exchange.answer = await verb(callOf(context.core, kind, exchange));
  };
}

/** Custom kinds are served by another server within Kubernetes', which answers in text where it knows nothing. */
const noSuchPage = () => textAnswer('404 page not found\n', 404);

function servesBuiltIn(kinds: KindTable, { group, version }: RequestInfo): boolean {
  for (const kind of kinds.all()) if (kind.group === group && kind.version === version && !kind.custom) return true;
  return false;
}

/** A name is needed for one object, and a namespace for one object of a namespaced kind. */
const isMisplaced = (kind: Kind, { name, namespace }: RequestInfo): boolean =>
  kind.namespaced ? name !== '' && namespace === '' : namespace !== '' && kind.storage !== 'namespaces';

/** What a custom kind may have; one that it does not have is not found, rather than unknown. */
const CUSTOM_SUBRESOURCES = ['status', 'scale'];

function callOf(core: Core, kind: Kind, { info, user, request, warnings }: Exchange): Call {
  let body: Promise<Buffer> | undefined;
  const read = () => {
    body ??= readBody(request);
    return body;
  };
  return { core, kind, info, user, form: negotiate(request.headers.accept), request, body: read, warnings };
}

function verbFor({ subresources, answered }: DispatchContext, kind: Kind, info: RequestInfo, method: string): Verb {
  for (const part of [info.namespace, info.name]) if (part === '.' || part === '..') throw invalidKey(info.resource, part);
  if (info.subresource !== '') return subresourceVerb(subresources, kind, info, method);
  if (isMisplaced(kind, info)) throw noSuchPath();
  const unplaced = kind.namespaced && info.namespace === '' && (info.verb === 'create' || info.verb === 'deletecollection');
  const named = info.name !== '';
  const wrongly = named ? info.verb === 'create' : info.verb === 'update' || info.verb === 'patch';
  if (unplaced || wrongly || method === 'HEAD' || !kind.verbs.includes(info.verb)) throw methodNotAllowed();
  const verb = answered.get(groupResource(kind)) ?? VERBS[info.verb];
  if (!verb) throw methodNotAllowed();
  return verb;
}

/** A name that would lead elsewhere: answered as Kubernetes answers it. */
const invalidKey = (resource: string, part: string) => failure(500, undefined, `invalid key: ${JSON.stringify(`/${resource}/${part}`)}`);

function subresourceVerb(subresources: Subresources, kind: Kind, info: RequestInfo, method: string): Verb {
  const known = kind.subresources.find((sub) => sub.name === info.subresource);
  if (!known && kind.custom && CUSTOM_SUBRESOURCES.includes(info.subresource)) throw notFound(kind, info.name);
  if (!known) throw noSuchPath();
  const verb = known.verbs.includes(info.verb) && method !== 'HEAD' ? subresources.find(kind, info.subresource, info.verb) : undefined;
  if (!verb) throw methodNotAllowed();
  return verb;
}
