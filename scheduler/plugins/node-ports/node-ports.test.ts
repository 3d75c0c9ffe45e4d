import { expect, it } from 'vitest';
import { ask } from '../../testing/ask.ts';
import { aNode, aPod } from '../../testing/build.ts';

const listening = (hostPort: number, hostIP?: string, protocol?: string) => {
  const ports = [{ containerPort: 80, hostPort, ...(hostIP && { hostIP }), ...(protocol && { protocol }) }];
  return aPod('p', { spec: { containers: [{ name: 'main', image: 'app', ports }] } });
};
const taken = "node(s) didn't have free ports for the requested pod ports";

it.each([
  ['the same port', listening(80), listening(80), taken],
  ['another port', listening(80), listening(81), 'ok'],
  ['another protocol', listening(80), listening(80, undefined, 'UDP'), 'ok'],
  ['other addresses', listening(80, '10.0.0.1'), listening(80, '10.0.0.2'), 'ok'],
  ['an address against all', listening(80), listening(80, '10.0.0.2'), taken],
  ['all against an address', listening(80, '10.0.0.1'), listening(80), taken],
  ['no host port', listening(80), aPod('p'), 'ok'],
])('NodePorts: %s', (_, there, pod, expected) => {
  expect(ask('NodePorts', { nodes: [aNode('n')], pods: { n: [there] } }).verdicts(pod)).toEqual({ n: expected });
});
