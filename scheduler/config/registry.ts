/** All plugins by name, in kube-scheduler's default order, with the extension points they serve and their default weights. */
import type { Random } from '../../types/part/random.ts';
import type { Plugin } from '../framework/plugin.ts';
import { capacityScheduling } from '../plugins/capacity-scheduling/capacity-scheduling.ts';
import { coscheduling } from '../plugins/coscheduling/coscheduling.ts';
import { defaultBinder } from '../plugins/default-binder/default-binder.ts';
import { defaultPreemption } from '../plugins/default-preemption/default-preemption.ts';
import { dynamicResources } from '../plugins/dynamic-resources/dynamic-resources.ts';
import { imageLocality } from '../plugins/image-locality/image-locality.ts';
import { interPodAffinity } from '../plugins/inter-pod-affinity/inter-pod-affinity.ts';
import { machinePrice } from '../plugins/machine-price/machine-price.ts';
import { nodeAffinity } from '../plugins/node-affinity/node-affinity.ts';
import { nodeName } from '../plugins/node-name/node-name.ts';
import { nodePorts } from '../plugins/node-ports/node-ports.ts';
import { nodeResourcesBalancedAllocation } from '../plugins/node-resources-balanced-allocation/node-resources-balanced-allocation.ts';
import { nodeResourcesFit } from '../plugins/node-resources-fit/node-resources-fit.ts';
import { nodeUnschedulable } from '../plugins/node-unschedulable/node-unschedulable.ts';
import { nodeVolumeLimits } from '../plugins/node-volume-limits/node-volume-limits.ts';
import { podTopologySpread } from '../plugins/pod-topology-spread/pod-topology-spread.ts';
import { prioritySort } from '../plugins/priority-sort/priority-sort.ts';
import { schedulingGates } from '../plugins/scheduling-gates/scheduling-gates.ts';
import { taintToleration } from '../plugins/taint-toleration/taint-toleration.ts';
import { topologyPlacement } from '../plugins/topology-placement/topology-placement.ts';
import { volumeBinding } from '../plugins/volume-binding/volume-binding.ts';
import { volumeRestrictions } from '../plugins/volume-restrictions/volume-restrictions.ts';
import { volumeZone } from '../plugins/volume-zone/volume-zone.ts';

export type ExtensionPoint =
  | 'preEnqueue'
  | 'queueSort'
  | 'preFilter'
  | 'filter'
  | 'postFilter'
  | 'preScore'
  | 'score'
  | 'reserve'
  | 'permit'
  | 'preBind'
  | 'bind'
  | 'postBind';

export type Args = Record<string, unknown>;

export interface Entry {
  readonly name: string;
  readonly points: readonly ExtensionPoint[];
  /** Of its scores. */
  readonly weight: number;
  /** Names of the arguments that it takes. */
  readonly args: readonly string[];
  /** Takes part only where a profile enables it: not one of kube-scheduler's defaults. */
  readonly optional: boolean;
  make(args: Args, random: Random): Plugin;
}

const FILTER: ExtensionPoint[] = ['preFilter', 'filter'];
const SCORE: ExtensionPoint[] = ['preScore', 'score'];

function entry(name: string, points: ExtensionPoint[], weight: number, make: Entry['make'], args: string[] = []): Entry {
  return { name, points, weight, args, make, optional: false };
}

const optional = (...of: Parameters<typeof entry>): Entry => ({ ...entry(...of), optional: true });

export const REGISTRY: readonly Entry[] = [
  entry('SchedulingGates', ['preEnqueue'], 0, schedulingGates),
  entry('PrioritySort', ['queueSort'], 0, prioritySort),
  entry('NodeUnschedulable', ['filter'], 0, nodeUnschedulable),
  entry('NodeName', ['filter'], 0, nodeName),
  entry('TaintToleration', ['filter', ...SCORE], 3, taintToleration),
  entry('NodeAffinity', [...FILTER, ...SCORE], 2, (args) => nodeAffinity(args), ['addedAffinity']),
  entry('NodePorts', FILTER, 0, nodePorts),
  entry('NodeResourcesFit', [...FILTER, ...SCORE], 1, (args) => nodeResourcesFit(args), [
    'ignoredResources',
    'ignoredResourceGroups',
    'scoringStrategy',
  ]),
  entry('VolumeRestrictions', FILTER, 0, volumeRestrictions),
  entry('NodeVolumeLimits', FILTER, 0, nodeVolumeLimits),
  entry('VolumeBinding', [...FILTER, 'reserve', 'preBind', 'postBind'], 0, (args) => volumeBinding(args), ['bindTimeoutSeconds']),
  entry('VolumeZone', FILTER, 0, volumeZone),
  entry('PodTopologySpread', [...FILTER, ...SCORE], 2, (args) => podTopologySpread(args), ['defaultConstraints', 'defaultingType']),
  entry('InterPodAffinity', [...FILTER, ...SCORE], 2, (args) => interPodAffinity(args), [
    'hardPodAffinityWeight',
    'ignorePreferredTermsOfExistingPods',
  ]),
  entry('DynamicResources', ['preFilter', 'filter', 'postFilter'], 0, dynamicResources),
  entry('DefaultPreemption', ['postFilter'], 0, (args, random) => defaultPreemption(args, random), [
    'minCandidateNodesPercentage',
    'minCandidateNodesAbsolute',
  ]),
  entry('NodeResourcesBalancedAllocation', SCORE, 1, (args) => nodeResourcesBalancedAllocation(args), ['resources']),
  entry('ImageLocality', ['score'], 1, imageLocality),
  entry('DefaultBinder', ['bind'], 0, defaultBinder),
  optional('MachinePrice', SCORE, 1, (args) => machinePrice(args), ['per']),
  optional('TopologyPlacement', SCORE, 1, (args) => topologyPlacement(args), ['mode', 'levels']),
  optional('Coscheduling', ['queueSort', ...FILTER, 'postFilter', 'permit', 'reserve'], 0, (args) => coscheduling(args), [
    'permitWaitingTimeSeconds',
  ]),
  optional('CapacityScheduling', FILTER, 0, capacityScheduling),
];
