import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realClock } from '../../types/part/clock.ts';
import { seededRandom } from '../../types/part/random.ts';
import { Cluster } from '../cache/cluster.ts';
import { readConfiguration } from '../config/configuration.ts';
import type { Profile } from '../framework/profile.ts';
import { Decider } from '../schedule-one.ts';
import { aNode, aPod } from '../testing/build.ts';
import { decideWith } from './ask-extenders.ts';
import { Extender, type ExtenderConfig } from './extender.ts';

type Body = Record<string, never> & { NodeNames?: string[]; Nodes?: { items: { metadata: { name: string } }[] } };

let server: Server;
let url: string;
/** What the extender answers, by verb; `undefined`: an error. */
let answers: Record<string, (body: Body) => unknown> = {};

beforeAll(async () => {
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const answer = answers[request.url?.slice(1) ?? '']?.(JSON.parse(text));
      response.writeHead(answer === undefined ? 500 : 200).end(JSON.stringify(answer ?? null));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => void server.close());

async function decided(configs: ExtenderConfig[], there: Record<string, string> = {}, priority = 0) {
  const random = seededRandom(1);
  const cluster = new Cluster();
  for (const name of ['a', 'b', 'c']) cluster.setNode(aNode(name));
  for (const [node, cpu] of Object.entries(there)) cluster.place(cluster.describe(aPod(`on-${node}`, { requests: { cpu } })), node);
  const decider = new Decider(readConfiguration({}, random).profiles[0] as Profile, cluster, random);
  const extenders = configs.map((config) => new Extender({ urlPrefix: url, ...config }, realClock));
  const pod = cluster.describe(aPod('p', { requests: { cpu: '2' }, spec: { priority } }));
  const decision = await decideWith(extenders, pod, cluster, decider, random);
  if (decision.result === 'placed') return decision.node;
  return decision.nominate ? decision.nominate.victims.map((victim) => victim.key) : decision.message;
}

describe('extenders', () => {
  it('leave out nodes, asked by name or with the nodes themselves', async () => {
    answers = { filter: (body) => ({ NodeNames: body.NodeNames?.filter((name) => name === 'b') }) };
    expect(await decided([{ filterVerb: 'filter', nodeCacheCapable: true }])).toBe('b');
    answers = { filter: (body) => ({ nodes: { items: body.Nodes?.items.filter((node) => node.metadata.name === 'c') } }) };
    expect(await decided([{ filterVerb: 'filter' }])).toBe('c');
  });

  it('say why they leave out all', async () => {
    answers = {
      filter: () => ({ NodeNames: [], FailedNodes: { a: 'no luck', b: 'no luck' }, FailedAndUnresolvableNodes: { c: 'never' } }),
    };
    expect(await decided([{ filterVerb: 'filter' }])).toBe('0/3 nodes are available: 1 never, 2 no luck.');
  });

  it('add their scores, times their weight', async () => {
    answers = { score: () => [{ Host: 'a', Score: 10 }] };
    expect(await decided([{ prioritizeVerb: 'score', weight: 5 }], { a: '1' })).toBe('a');
  });

  it('are passed over when they do not answer and are ignorable, else the decision fails', async () => {
    answers = {};
    expect(await decided([{ filterVerb: 'filter', ignorable: true }], { a: '3', b: '3' })).toBe('c');
    await expect(decided([{ filterVerb: 'filter' }])).rejects.toThrow('code 500');
    answers = { filter: () => ({ Error: 'broken' }) };
    await expect(decided([{ filterVerb: 'filter' }])).rejects.toThrow('broken');
  });

  it('are not asked about pods that request none of their resources', () => {
    const extender = new Extender({ urlPrefix: url, managedResources: [{ name: 'example.com/gpu' }] }, realClock);
    expect(extender.isFor(aPod('p', { requests: { cpu: '1' } }))).toBe(false);
    expect(extender.isFor(aPod('p', { requests: { 'example.com/gpu': '1' } }))).toBe(true);
  });

  it('agree to a preemption, or forbid it', async () => {
    const full = { a: '4', b: '4', c: '4' };
    answers = { preempt: (body) => ({ NodeNameToMetaVictims: body.NodeNameToMetaVictims }) };
    expect(await decided([{ preemptVerb: 'preempt', nodeCacheCapable: true }], full, 10)).toHaveLength(1);
    answers = { preempt: () => ({ NodeNameToMetaVictims: {} }) };
    expect(await decided([{ preemptVerb: 'preempt', nodeCacheCapable: true }], full, 10)).toContain('3 Insufficient cpu');
  });

  it('bind', async () => {
    const bound: unknown[] = [];
    answers = { bind: (body) => bound.push(body) && {} };
    await new Extender({ urlPrefix: url, bindVerb: 'bind' }, realClock).bind(aPod('p'), 'a');
    expect(bound).toEqual([{ PodName: 'p', PodNamespace: 'default', PodUID: 'uid-p', Node: 'a' }]);
  });
});
