/** ReplicaSets and ReplicationControllers are the same thing under two names; what differs between them is here. */
import type * as k8s from '@kubernetes/client-node';
import { equalityPredicate, type LabelPredicate, labelPredicate } from '../../client/label-selector.ts';
import { type Resource, resource } from '../../client/resource.ts';
import { type ReplicaSet, replicaSets } from '../../client/resources.ts';
import type { Wire } from '../../types/wire.ts';

type ReplicationController = Wire<k8s.V1ReplicationController>;

export interface ReplicaKind {
  /** Of the controller, in `--controllers`. */
  name: string;
  /** Of its events. */
  component: string;
  apiVersion: string;
  kind: string;
  resource: Resource<ReplicaSet>;
  selects(set: ReplicaSet): LabelPredicate;
  countsTerminating: boolean;
}

export const replicaSetKind: ReplicaKind = {
  name: 'replicaset-controller',
  component: 'replicaset-controller',
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  resource: replicaSets,
  selects: (set) => labelPredicate(set.spec?.selector),
  countsTerminating: true,
};

/** A ReplicationController's selector is a plain map of labels; else it is read and written as a ReplicaSet. */
export const replicationControllerKind: ReplicaKind = {
  name: 'replicationcontroller-controller',
  component: 'replication-controller',
  apiVersion: 'v1',
  kind: 'ReplicationController',
  resource: resource<ReplicationController>('v1', 'ReplicationController', 'replicationcontrollers') as unknown as Resource<ReplicaSet>,
  selects: (set) => equalityPredicate((set as unknown as ReplicationController).spec?.selector),
  countsTerminating: false,
};
