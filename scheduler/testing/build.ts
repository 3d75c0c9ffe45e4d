/** Nodes and pods for tests, in few words. */
import type { Node, Pod } from '../../client/resources.ts';

type Labels = Record<string, string>;
type NodeMore = {
  labels?: Labels;
  taints?: { key: string; value?: string; effect: string }[];
  unschedulable?: boolean;
  allocatable?: Labels;
  images?: [string, number][];
};
type Spec = Partial<NonNullable<Pod['spec']>>;

/** A node of 4 cpu, 8Gi and 110 pods, with its name as hostname. */
export function aNode(name: string, { labels, taints, unschedulable, allocatable, images }: NodeMore = {}): Node {
  return {
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
    spec: { ...(taints && { taints }), ...(unschedulable && { unschedulable }) },
    status: {
      allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable },
      ...(images && { images: images.map(([image, sizeBytes]) => ({ names: [image], sizeBytes })) }),
    },
  };
}

export function aPod(name: string, { requests, labels, spec }: { requests?: Labels; labels?: Labels; spec?: Spec } = {}): Pod {
  return {
    metadata: { name, namespace: 'default', uid: `uid-${name}`, ...(labels && { labels }) },
    spec: {
      containers: [{ name: 'main', image: 'app:v1', resources: { requests: requests ?? {} } }],
      schedulerName: 'default-scheduler',
      ...spec,
    },
  };
}
