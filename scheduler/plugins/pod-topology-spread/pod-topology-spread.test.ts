import { describe, expect, it } from 'vitest';
import { ask, type Given } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const ZONE = 'topology.kubernetes.io/zone';
const zoned = (name: string, zone: string, more = {}) => aNode(name, { labels: { [ZONE]: zone }, ...more });
const nodes = [zoned('a', 'za'), zoned('b', 'zb'), aNode('nowhere')];
const web = (name: string) => aPod(name, { labels: { app: 'web' } });
const constraint = (more = {}) => ({
  maxSkew: 1,
  topologyKey: ZONE,
  whenUnsatisfiable: 'DoNotSchedule',
  labelSelector: { matchLabels: { app: 'web' } },
  ...more,
});
const spreading = (more = {}, spec = {}) =>
  aPod('p', { labels: { app: 'web' }, spec: { topologySpreadConstraints: [constraint(more)], ...spec } });
const full = "node(s) didn't match pod topology spread constraints";
const missing = `${full} (missing required label)`;

describe('PodTopologySpread, hard', () => {
  it.each([
    ['one more in za than in zb is too many', spreading(), { a: [web('1')] }, full, 'ok'],
    ['a skew of 2 allows it', spreading({ maxSkew: 2 }), { a: [web('1')] }, 'ok', 'ok'],
    ['pods of other labels do not count', spreading(), { a: [aPod('1')] }, 'ok', 'ok'],
    ['too few domains: nobody may have any more than the skew', spreading({ minDomains: 3 }), { a: [web('1')], b: [web('2')] }, full, full],
    ['no selector counts nothing', spreading({ labelSelector: null }), { a: [web('1')] }, 'ok', 'ok'],
  ])('%s', (_, pod, pods, a, b) => {
    expect(ask('PodTopologySpread', { nodes, pods } as unknown as Given).verdicts(pod)).toEqual({ a, b, nowhere: missing });
  });

  it('counts only nodes that the pod may go to, unless told otherwise', () => {
    const asked = ask('PodTopologySpread', { nodes: [zoned('a', 'za'), zoned('b', 'zb')], pods: { a: [web('1')] } });
    const pinned = { nodeSelector: { [ZONE]: 'za' } };
    expect(asked.verdicts(spreading({}, pinned)).a).toBe('ok');
    expect(asked.verdicts(spreading({ nodeAffinityPolicy: 'Ignore' }, pinned)).a).toBe(full);
  });

  it('leaves tainted nodes out if told to', () => {
    const taints = [{ key: 'k', effect: 'NoSchedule' }];
    const asked = ask('PodTopologySpread', { nodes: [zoned('a', 'za'), zoned('b', 'zb', { taints })], pods: { a: [web('1')] } });
    expect(asked.verdicts(spreading()).a).toBe(full);
    expect(asked.verdicts(spreading({ nodeTaintsPolicy: 'Honor' })).a).toBe('ok');
  });
});

describe('PodTopologySpread, soft', () => {
  const soft = { whenUnsatisfiable: 'ScheduleAnyway' };

  it('prefers the domain with fewer pods and leaves out nodes without the label', () => {
    const asked = ask('PodTopologySpread', { nodes, pods: { a: [web('1'), web('2')] } });
    expect(asked.scores(spreading(soft))).toEqual({ a: 0, b: 100, nowhere: 0 });
  });

  it('spreads the pods of a Service over hosts and zones by default', () => {
    const service = { kind: 'Service', metadata: { name: 'web', namespace: 'default' }, spec: { selector: { app: 'web' } } };
    const given = { nodes: [zoned('a', 'za'), zoned('b', 'zb')], pods: { a: [web('1')] }, objects: [service] };
    const { a = 0, b = 0 } = ask('PodTopologySpread', given).scores(web('p'));
    expect(b).toBeGreaterThan(a);
    expect(ask('PodTopologySpread', { ...given, objects: [] }).scores(web('p'))).toEqual({ a: 0, b: 0 });
  });
});
