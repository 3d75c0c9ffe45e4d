/** Keeps pods off nodes to which no more volumes of their drivers can be attached. */
import type { Cluster } from '../../cache/cluster.ts';
import type { PodInfo } from '../../cache/pod-info.ts';
import type { Storage } from '../../cache/storage.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, refusal } from '../../framework/plugin.ts';
import { claimName, className, hasClaims } from '../volume-binding/claims.ts';

/** Drivers by the volume's identity (driver and handle; a volume that is yet to be made has its claim's name). */
type Attachable = Map<string, string>;

function addVolumes(pod: PodInfo, storage: Storage, to: Attachable): void {
  for (const volume of pod.podClass.volumes) {
    const name = claimName(pod, volume);
    const claim = name === undefined ? undefined : storage.claims.get(`${pod.podClass.namespace}/${name}`);
    if (!claim) continue;
    const { volumeName } = claim.spec ?? {};
    const csi = volumeName ? storage.volumes.get(volumeName)?.spec?.csi : undefined;
    if (csi) to.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
    else if (!volumeName) {
      const driver = storage.classes.get(className(claim))?.provisioner;
      if (driver) to.set(`${driver}/claim ${pod.podClass.namespace}/${name}`, driver);
    }
  }
}

/** How many volumes of each driver a node takes. */
function limitsOf(node: string, storage: Storage): Map<string, number> {
  const limits = new Map<string, number>();
  for (const driver of storage.csiNodes.get(node)?.spec?.drivers ?? []) {
    if (driver.allocatable?.count !== undefined) limits.set(driver.name, driver.allocatable.count);
  }
  return limits;
}

/** Volumes attached to the node for reasons that its pods do not tell. */
function addAttachments(node: string, storage: Storage, to: Attachable): void {
  for (const { spec } of storage.attachments.values()) {
    if (spec?.nodeName !== node) continue;
    const csi = storage.volumes.get(spec.source.persistentVolumeName ?? '')?.spec?.csi;
    if (csi) to.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
  }
}

function hasRoom(pod: PodInfo, wanted: Attachable, slot: number, { nodes, storage }: Cluster): boolean {
  const node = nodes.at[slot];
  const limits = node ? limitsOf(node.name, storage) : new Map<string, number>();
  if (!node || limits.size === 0) return true;
  const attached: Attachable = new Map();
  for (const other of node.pods) if (other !== pod) addVolumes(other, storage, attached);
  // A volume that a pod there uses needs no second attachment; one that is merely attached is counted again, as kube-scheduler does.
  const fresh = new Map([...wanted].filter(([identity]) => !attached.has(identity)));
  addAttachments(node.name, storage, attached);
  const count = (volumes: Attachable, driver: string) => [...volumes.values()].filter((d) => d === driver).length;
  for (const driver of new Set(fresh.values())) {
    const limit = limits.get(driver);
    if (limit !== undefined && count(attached, driver) + count(fresh, driver) > limit) return false;
  }
  return true;
}

export function nodeVolumeLimits(): Plugin {
  const name = 'NodeVolumeLimits';
  const full = refusal(name, 'node(s) exceed max volume count', true);
  return {
    name,
    prepareFilter: (pod, cluster) => {
      if (!hasClaims(pod)) return undefined;
      const wanted: Attachable = new Map();
      addVolumes(pod, cluster.storage, wanted);
      if (wanted.size === 0) return undefined;
      return { verdict: (slot) => (hasRoom(pod, wanted, slot, cluster) ? undefined : full) };
    },
    hints: [hint('podGone'), hint('storage'), hint('node')],
  };
}
