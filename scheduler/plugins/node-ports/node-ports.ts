/** Keeps a pod that takes ports of its host off nodes where one of them is taken. */
import type { HostPort } from '../../cache/pod-class.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, refusal } from '../../framework/plugin.ts';

const ANY = '0.0.0.0';

export function conflicts(a: HostPort, b: HostPort): boolean {
  return a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === ANY || b.ip === ANY);
}

export function nodePorts(): Plugin {
  const name = 'NodePorts';
  const taken = refusal(name, "node(s) didn't have free ports for the requested pod ports", true);
  return {
    name,
    shape: ({ hostPorts }) => JSON.stringify(hostPorts),
    prepareFilter: ({ podClass: { hostPorts } }, { nodes }) => {
      if (hostPorts.length === 0) return undefined;
      return { verdict: (slot) => (nodes.at[slot]?.ports.some((used) => hostPorts.some((p) => conflicts(p, used))) ? taken : undefined) };
    },
    hints: [
      hint('podGone', ({ podClass }, { pod }) => {
        const ports = (pod.spec?.containers ?? []).flatMap((container) => container.ports ?? []).filter((port) => port.hostPort);
        return ports.some((freed) => podClass.hostPorts.some((p) => p.port === freed.hostPort));
      }),
      hint('node', (_pod, { before }) => before === undefined),
    ],
  };
}
