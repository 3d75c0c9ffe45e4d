/** Keeps apart pods that would share a disk which only one may use: by node for old kinds of disks, everywhere for ReadWriteOncePod claims. */

import type { Counter } from '../../cache/census.ts';
import type { Cluster } from '../../cache/cluster.ts';
import type { PodClass } from '../../cache/pod-class.ts';
import { hint } from '../../framework/events.ts';
import { type Plugin, perClass, refusal } from '../../framework/plugin.ts';

type PodVolume = PodClass['volumes'][number];

const name = 'VolumeRestrictions';

/** Whether two pods on one node can't both have their volume: GCE, iSCSI and RBD disks may be shared for reading, EBS not at all. */
export function collide(a: PodVolume, b: PodVolume): boolean {
  if (a.gcePersistentDisk && b.gcePersistentDisk) {
    const [x, y] = [a.gcePersistentDisk, b.gcePersistentDisk];
    return x.pdName === y.pdName && !(x.readOnly && y.readOnly);
  }
  if (a.awsElasticBlockStore && b.awsElasticBlockStore) return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  if (a.iscsi && b.iscsi) return a.iscsi.iqn === b.iscsi.iqn && !(a.iscsi.readOnly && b.iscsi.readOnly);
  if (a.rbd && b.rbd) {
    const [x, y] = [a.rbd, b.rbd];
    const same =
      x.monitors.some((monitor) => y.monitors.includes(monitor)) && (x.pool ?? 'rbd') === (y.pool ?? 'rbd') && x.image === y.image;
    return same && !(x.readOnly && y.readOnly);
  }
  return false;
}

const canCollide = (volume: PodVolume) => Boolean(volume.gcePersistentDisk || volume.awsElasticBlockStore || volume.iscsi || volume.rbd);

const claimsOf = (podClass: PodClass) => podClass.volumes.flatMap((volume) => volume.persistentVolumeClaim?.claimName ?? []);

/** Pods on nodes that use this claim. */
function usersOf(claim: string, podClass: PodClass, cluster: Cluster): Counter {
  const { namespace } = podClass;
  const counter = cluster.census.counter({
    key: `claim|${namespace}/${claim}`,
    namespace,
    counts: (other) => other.namespace === namespace && claimsOf(other).includes(claim),
    terminatingToo: true,
  });
  podClass.release.push(() => cluster.census.release(counter));
  return counter;
}

export function volumeRestrictions(): Plugin {
  const inUse = refusal(
    name,
    'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
    true,
  );
  const diskTaken = refusal(name, 'node(s) had no available disk', true);
  const counters = new WeakMap<Cluster, (podClass: PodClass) => { claim: string; users: Counter }[]>();
  const countersOf = (podClass: PodClass, cluster: Cluster) => {
    let of = counters.get(cluster);
    if (!of) {
      of = perClass((c) => claimsOf(c).map((claim) => ({ claim, users: usersOf(claim, c, cluster) })));
      counters.set(cluster, of);
    }
    return of(podClass);
  };
  return {
    name,
    prepareFilter: ({ podClass }, cluster) => {
      if (podClass.volumes.length === 0) return undefined;
      const { namespace } = podClass;
      const missing = claimsOf(podClass).find((claim) => !cluster.storage.claims.has(`${namespace}/${claim}`));
      if (missing !== undefined) return { refused: refusal(name, `persistentvolumeclaim "${missing}" not found`) };
      const disks = podClass.volumes.filter(canCollide);
      const alone = countersOf(podClass, cluster).filter(({ claim }) =>
        cluster.storage.claims.get(`${namespace}/${claim}`)?.spec?.accessModes?.includes('ReadWriteOncePod'),
      );
      if (disks.length === 0 && alone.length === 0) return undefined;
      return {
        verdict: (slot) => {
          const pods = cluster.nodes.at[slot]?.pods ?? [];
          for (const other of disks.length > 0 ? pods : []) {
            if (other.podClass.volumes.some((theirs) => disks.some((ours) => collide(ours, theirs)))) return diskTaken;
          }
          return alone.some(({ users }) => users.total > 0) ? inUse : undefined;
        },
      };
    },
    hints: [hint('podGone', ({ podClass }) => podClass.volumes.length > 0), hint('storage'), hint('node')],
  };
}
