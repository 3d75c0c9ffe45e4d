/** Keeps pods in the zone and region that the labels of their volumes name. */
import type { NodeInfo } from '../../cache/nodes.ts';
import type { PodInfo } from '../../cache/pod-info.ts';
import type { Storage } from '../../cache/storage.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, refusal } from '../../framework/plugin.ts';
import { claimName, hasClaims } from '../volume-binding/claims.ts';

/** The labels, and what an older one is called today. */
const TODAY: Record<string, string> = {
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

interface Place {
  key: string;
  /** Several are joined by two underscores in the volume's label. */
  values: ReadonlySet<string>;
}

function placesOf(pod: PodInfo, storage: Storage): Place[] | { missing: string } {
  const places: Place[] = [];
  for (const volume of pod.podClass.volumes) {
    const claim = storage.claims.get(`${pod.podClass.namespace}/${claimName(pod, volume)}`);
    const bound = claim?.spec?.volumeName;
    if (!bound) continue;
    const found = storage.volumes.get(bound);
    if (!found) return { missing: bound };
    for (const [key, value] of Object.entries(found.metadata?.labels ?? {})) {
      if (TODAY[key]) places.push({ key, values: new Set(value.split('__')) });
    }
  }
  return places;
}

const isSomewhere = (node: NodeInfo) => Object.keys(TODAY).some((key) => node.labels[key] !== undefined);

function isIn(node: NodeInfo, { key, values }: Place): boolean {
  const value = node.labels[key] ?? node.labels[TODAY[key] ?? ''];
  return value !== undefined && values.has(value);
}

export function volumeZone(): Plugin {
  const name = 'VolumeZone';
  const elsewhere = refusal(name, 'node(s) had no available volume zone');
  return {
    name,
    prepareFilter: (pod, { nodes, storage }) => {
      if (!hasClaims(pod)) return undefined;
      const places = placesOf(pod, storage);
      if ('missing' in places) return { refused: refusal(name, `persistentvolume "${places.missing}" not found`) };
      if (places.length === 0) return undefined;
      return {
        verdict: (slot) => {
          const node = nodes.at[slot];
          // A node that does not say where it is may be anywhere.
          return node && isSomewhere(node) && !places.every((place) => isIn(node, place)) ? elsewhere : undefined;
        },
      };
    },
    hints: [hint('storage'), hint('node')],
  };
}
