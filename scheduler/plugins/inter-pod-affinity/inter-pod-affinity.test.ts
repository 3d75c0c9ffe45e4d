import { describe, expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const ZONE = 'topology.kubernetes.io/zone';
const nodes = [
  aNode('a1', { labels: { [ZONE]: 'za' } }),
  aNode('a2', { labels: { [ZONE]: 'za' } }),
  aNode('b1', { labels: { [ZONE]: 'zb' } }),
];
const labeled = (app: string, spec = {}) => aPod(app, { labels: { app }, spec });
const near = (app: string, topologyKey = ZONE, more = {}) => ({ labelSelector: { matchLabels: { app } }, topologyKey, ...more });
const required = (...terms: object[]) => ({ requiredDuringSchedulingIgnoredDuringExecution: terms as never });
const preferred = (weight: number, term: object) => ({
  preferredDuringSchedulingIgnoredDuringExecution: [{ weight, podAffinityTerm: term as never }],
});
const notNear = "node(s) didn't match pod affinity rules";
const tooNear = "node(s) didn't match pod anti-affinity rules";
const unwanted = "node(s) didn't satisfy existing pods anti-affinity rules";

describe('InterPodAffinity, required', () => {
  it.each([
    ['near a pod: its zone', labeled('p', { affinity: { podAffinity: required(near('db')) } }), 'ok', 'ok', notNear],
    [
      'near a pod: its host',
      labeled('p', { affinity: { podAffinity: required(near('db', 'kubernetes.io/hostname')) } }),
      'ok',
      notNear,
      notNear,
    ],
    ['near nobody that is there', labeled('p', { affinity: { podAffinity: required(near('x')) } }), notNear, notNear, notNear],
    ['the first of its kind', labeled('x', { affinity: { podAffinity: required(near('x')) } }), 'ok', 'ok', 'ok'],
    [
      'near one pod that fulfils all terms',
      labeled('p', { affinity: { podAffinity: required(near('db'), near('x')) } }),
      notNear,
      notNear,
      notNear,
    ],
    ['away from a pod', labeled('p', { affinity: { podAntiAffinity: required(near('db')) } }), tooNear, tooNear, 'ok'],
    ['a label that no node has', labeled('p', { affinity: { podAntiAffinity: required(near('db', 'rack')) } }), 'ok', 'ok', 'ok'],
    [
      'only its own namespace',
      { ...labeled('p', { affinity: { podAntiAffinity: required(near('db')) } }), metadata: { name: 'p', namespace: 'x' } },
      'ok',
      'ok',
      'ok',
    ],
  ])('%s', (_, pod, a1, a2, b1) => {
    expect(ask('InterPodAffinity', { nodes, pods: { a1: [labeled('db')] } }).verdicts(pod)).toEqual({ a1, a2, b1 });
  });

  it('heeds what the pods that are there do not want', () => {
    const pods = { b1: [labeled('shy', { affinity: { podAntiAffinity: required(near('web')) } })] };
    expect(ask('InterPodAffinity', { nodes, pods }).verdicts(labeled('web'))).toEqual({ a1: 'ok', a2: 'ok', b1: unwanted });
    expect(ask('InterPodAffinity', { nodes, pods }).verdicts(labeled('other'))).toEqual({ a1: 'ok', a2: 'ok', b1: 'ok' });
  });

  it('follows the labels of namespaces', () => {
    const term = near('db', ZONE, { namespaceSelector: { matchLabels: { team: 'blue' } } });
    const pod = labeled('p', { affinity: { podAntiAffinity: required(term) } });
    const asked = ask('InterPodAffinity', { nodes, pods: { a1: [labeled('db')] } });
    const info = asked.info(pod);
    expect(asked.verdicts(pod).a1).toBe('ok');
    asked.cluster.setNamespace('default', { team: 'blue' });
    expect(asked.verdicts(pod).a1).toBe(tooNear);
    asked.cluster.setNamespace('default', { team: 'red' });
    expect(asked.verdicts(pod).a1).toBe('ok');
    asked.cluster.drop(info);
  });
});

describe('InterPodAffinity, preferred', () => {
  const pods = { a1: [labeled('db')] };

  it.each([
    ['near', labeled('p', { affinity: { podAffinity: preferred(10, near('db')) } }), { a1: 100, a2: 100, b1: 0 }],
    ['away', labeled('p', { affinity: { podAntiAffinity: preferred(10, near('db')) } }), { a1: 0, a2: 0, b1: 100 }],
    ['nothing said', labeled('p'), { a1: 0, a2: 0, b1: 0 }],
  ])('%s', (_, pod, expected) => {
    expect(ask('InterPodAffinity', { nodes, pods }).scores(pod)).toEqual(expected);
  });

  it('counts what the pods that are there prefer, and, with its weight, what they require', () => {
    const liking = { b1: [labeled('fan', { affinity: { podAffinity: preferred(5, near('web')) } })] };
    expect(ask('InterPodAffinity', { nodes, pods: liking }).scores(labeled('web'))).toEqual({ a1: 0, a2: 0, b1: 100 });
    const ignoring = { nodes, pods: liking, args: { ignorePreferredTermsOfExistingPods: true } };
    expect(ask('InterPodAffinity', ignoring).scores(labeled('web'))).toEqual({ a1: 0, a2: 0, b1: 0 });
    const bound = { a1: [labeled('web'), labeled('tied', { affinity: { podAffinity: required(near('web')) } })] };
    expect(ask('InterPodAffinity', { nodes, pods: bound }).scores(labeled('web'))).toEqual({ a1: 100, a2: 100, b1: 0 });
    const weightless = { nodes, pods: bound, args: { hardPodAffinityWeight: 0 } };
    expect(ask('InterPodAffinity', weightless).scores(labeled('web'))).toEqual({ a1: 0, a2: 0, b1: 0 });
  });
});
