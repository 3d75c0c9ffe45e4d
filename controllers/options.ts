/** The controllers' options; names, formats and (where not said otherwise) defaults are kube-controller-manager's. */
import {
  durationFlag,
  type Flag,
  FlagError,
  type Flags,
  listFlag,
  numberFlag,
  type OptionsOf,
  switchFlag,
  textFlag,
} from '../types/part/flags.ts';
import { cloudFlags } from './cloud/options.ts';

const syncs = (kind: string, count = 5) => numberFlag(count, `${kind} that are synced at the same time`, { min: 1 });

/** A number of at least 0 that may have a fraction. */
function fractionFlag(defaultValue: number, description: string): Flag<number> {
  const parse = (text: string) => {
    const value = Number(text);
    if (text === '' || !(value >= 0)) throw new FlagError(`"${text}" is not a number of 0 or more`);
    return value;
  };
  return { argument: '<number>', description, default: defaultValue, parse };
}

/** Their defaults are those of Kubernetes 1.36. */
const GATES = { MaxUnavailableStatefulSet: false };

/** `Name=true,Other=false`; gates that are not named keep their default. */
function gatesFlag<G extends Record<string, boolean>>(gates: G): Flag<G> {
  const parse = (text: string, before: G) => {
    const set = text.split(',').map((pair) => {
      const [, name = '', value] = /^([^=]+)=(true|false)$/.exec(pair.trim()) ?? [];
      if (!(name in gates)) throw new FlagError(`"${pair}" sets none of the gates ${Object.keys(gates).join(', ')} to true or false`);
      return [name, value === 'true'];
    });
    return { ...before, ...Object.fromEntries(set) };
  };
  const defaultText = Object.entries(gates).map(([name, on]) => `${name}=${on}`);
  return { argument: '<gates>', description: 'features to turn on or off', default: gates, defaultText: defaultText.join(','), parse };
}

export const controllerFlags = {
  controllers: listFlag(['*'], '<names>', 'controllers to run: * for all, name to add one, -name to leave one out'),
  'concurrent-deployment-syncs': syncs('deployments'),
  'concurrent-replicaset-syncs': syncs('replica sets'),
  'concurrent-rc-syncs': syncs('replication controllers'),
  'concurrent-statefulset-syncs': syncs('stateful sets'),
  'concurrent-daemonset-syncs': syncs('daemon sets', 2),
  // More than Kubernetes' 5: a job is five writes one after the other, so that what limits many of them is waiting for the API's disk.
  'concurrent-job-syncs': syncs('jobs', 25),
  'concurrent-cron-job-syncs': syncs('cron jobs'),
  'concurrent-ttl-after-finished-syncs': syncs('jobs that have ended'),
  'concurrent-service-endpoint-syncs': syncs('services'),
  'concurrent-endpoint-syncs': syncs('Endpoints'),
  'endpointslice-updates-batch-period': durationFlag('0s', 'how long changes of pods are gathered before slices are written'),
  'max-endpoints-per-slice': numberFlag(100, 'endpoints in one EndpointSlice at most', { min: 1, max: 1000 }),
  'concurrent-namespace-syncs': syncs('namespaces', 10),
  'concurrent-gc-syncs': syncs('objects of the garbage collector', 20),
  'concurrent-serviceaccount-token-syncs': syncs('service accounts'),
  'root-ca-file': textFlag('', '<file>', 'certificate authority that is published in every namespace'),
  'node-monitor-period': durationFlag('5s', 'how often the state of machines is looked at'),
  'node-monitor-grace-period': durationFlag('50s', 'how long a machine may be silent before it counts as not healthy'),
  'node-startup-grace-period': durationFlag('1m', 'how long a machine that has just started may be silent'),
  'node-eviction-rate': fractionFlag(0.1, 'machines a second whose pods are evicted when a zone is healthy'),
  'secondary-node-eviction-rate': fractionFlag(0.01, 'machines a second whose pods are evicted when a zone is not healthy'),
  'unhealthy-zone-threshold': fractionFlag(0.55, 'share of machines that are not ready from which a zone counts as not healthy'),
  'large-cluster-size-threshold': numberFlag(50, 'machines from which a cluster counts as large for evictions'),
  'pvclaimbinder-sync-period': durationFlag('15s', 'how often claims that wait and volumes are looked at again'),
  'terminated-pod-gc-threshold': numberFlag(12500, 'finished pods that may stand before the oldest are deleted; 0: no limit'),
  'feature-gates': gatesFlag(GATES),
  'leader-elect': switchFlag(false, 'work only while holding the lease of the leader, so that several replicas can run'),
  'leader-elect-resource-namespace': textFlag('kube-system', '<namespace>', "namespace of the leader's lease"),
  'leader-elect-resource-name': textFlag('kumulus-controllers', '<name>', "name of the leader's lease"),
  ...cloudFlags,
} satisfies Flags;

export type ControllerOptions = OptionsOf<typeof controllerFlags> & {
  /** Redis (URL or socket) that keeps the jobs that outlive a process. Absent: they are kept in memory. */
  redis?: string;
  /** PEM of the certificate authority to publish where `root-ca-file` names none. */
  rootCa?: string;
};
