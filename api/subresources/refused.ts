/** Subresources that stream to and from containers and proxies: refused by name, but for what needs no container. */
import { badRequest, failure, invalid } from '../errors.ts';
import type { Answer } from '../http/answer.ts';
import type { Call } from '../verbs/call.ts';
import { read } from '../verbs/get.ts';
import { parseWhole } from '../verbs/resource-version.ts';
import type { SubresourceVerbs } from './subresources.ts';

const STREAMS = ['exec', 'attach', 'portforward'];

async function refuse(call: Call): Promise<Answer> {
  const { spec } = (await read(call)).parse() as { spec?: { nodeName?: string; containers?: { name: string }[] } };
  const { subresource, resource, name, query } = call.info;
  const idle = call.kind.storage === 'pods' && !spec?.nodeName;
  if (idle && STREAMS.includes(subresource)) throw badRequest(`pod ${name} does not have a host assigned`);
  if (idle && subresource === 'log') {
    checkTail(name, query);
    const container = query.get('container');
    if (container && !spec?.containers?.some((c) => c.name === container))
      throw badRequest(`container ${container} is not valid for pod ${name}`);
    return { status: 204, body: Buffer.alloc(0), type: '' };
  }
  throw failure(501, 'NotImplemented', `this server does not serve ${resource}/${subresource} yet`, { kind: call.kind.plural, name });
}

function checkTail(name: string, query: URLSearchParams): void {
  const value = parseWhole(query.get('tailLines'));
  if (value === undefined || value >= 0) return;
  const fault = { field: 'tailLines', type: 'invalid' as const, value, detail: 'must be greater than or equal to 0' };
  throw invalid({ group: '', kind: 'PodLogOptions' }, name, [fault]);
}

export const refusedVerbs: SubresourceVerbs = { get: refuse, create: refuse, update: refuse, patch: refuse, delete: refuse };
