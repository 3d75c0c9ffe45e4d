import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../types/part/random.ts';
import { type ConfigurationFile, parseConfiguration, readConfiguration } from './configuration.ts';

const read = (file: object) => readConfiguration(file as ConfigurationFile, seededRandom(1));
const profileOf = (profile: object) => {
  const [first] = read({ profiles: [profile] }).profiles;
  if (!first) throw new Error('no profile');
  return first;
};
const weights = (profile: object) => Object.fromEntries(profileOf(profile).score.map(({ plugin, weight }) => [plugin.name, weight]));

describe('a KubeSchedulerConfiguration', () => {
  it('has the defaults of kube-scheduler', () => {
    const { profiles, initialBackoff, maxBackoff } = read({});
    expect(profiles.map((profile) => profile.schedulerName)).toEqual(['default-scheduler']);
    expect([initialBackoff, maxBackoff]).toEqual([1000, 10_000]);
    expect(weights({})).toEqual({
      TaintToleration: 3,
      NodeAffinity: 2,
      NodeResourcesFit: 1,
      PodTopologySpread: 2,
      InterPodAffinity: 2,
      NodeResourcesBalancedAllocation: 1,
      ImageLocality: 1,
    });
  });

  it('disables plugins and sets weights, at one extension point or at all', () => {
    expect(weights({ plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 5 }] } } })).toEqual({
      NodeResourcesFit: 5,
    });
    const { filter, score } = profileOf({ plugins: { multiPoint: { disabled: [{ name: 'TaintToleration' }] } } });
    expect([...filter, ...score.map((s) => s.plugin)].map((plugin) => plugin.name)).not.toContain('TaintToleration');
    expect(profileOf({ plugins: { filter: { disabled: [{ name: 'NodePorts' }] } } }).filter.map((p) => p.name)).not.toContain('NodePorts');
  });

  it('is read from YAML', async () => {
    const text = [
      'apiVersion: kubescheduler.config.k8s.io/v1',
      'kind: KubeSchedulerConfiguration',
      'podMaxBackoffSeconds: 3',
      'leaderElection: {leaderElect: true}',
      'profiles: [{schedulerName: packing}, {schedulerName: other}]',
    ].join('\n');
    const { profiles, maxBackoff, leaderElect } = await parseConfiguration(text, seededRandom(1));
    expect([profiles.map((p) => p.schedulerName), maxBackoff, leaderElect]).toEqual([['packing', 'other'], 3000, true]);
    await expect(parseConfiguration('kind: Pod', seededRandom(1))).rejects.toThrow('is a Pod of undefined');
    await expect(parseConfiguration('{', seededRandom(1))).rejects.toThrow('is not YAML');
  });

  it.each([
    [{ extenders: [{}] }, 'extenders[0]: urlPrefix must be an URL'],
    [{ extenders: [{ urlPrefix: 'http://localhost', tlsConfig: {} }] }, 'extenders[0]: "tlsConfig" is not supported'],
    [{ extenders: [{ urlPrefix: 'http://localhost', prioritizeVerb: 'p' }] }, 'prioritizeVerb needs a weight above 0'],
    [{ colour: 'blue' }, '"colour" is not supported'],
    [{ percentageOfNodesToScore: 101 }, 'is not a whole number from 0 to 100'],
    [{ profiles: [{}, {}] }, 'there are two profiles "default-scheduler"'],
    [{ profiles: [{ plugins: { score: { enabled: [{ name: 'Nope' }] } } }] }, 'there is no plugin "Nope"'],
    [{ profiles: [{ plugins: { score: { enabled: [{ name: 'NodePorts' }] } } }] }, 'plugin "NodePorts" has no score'],
    [{ profiles: [{ plugins: { dance: {} } }] }, 'extension point "dance" is not supported'],
    [{ profiles: [{ pluginConfig: [{ name: 'NodeAffinity', args: { speed: 1 } }] }] }, '"speed" is not supported'],
    [{ profiles: [{ plugins: { bind: { disabled: [{ name: '*' }] } } }] }, 'at least one bind plugin'],
  ])('refuses %j by name', (file, message) => {
    expect(() => read(file)).toThrow(message);
  });
});
