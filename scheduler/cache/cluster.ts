/**
 * What the scheduler knows of the cluster, kept up to date object by object. A decision is made without a pause in between, so the live
 * state is its own snapshot; a trial ("would it fit without these pods?") changes it and changes it back.
 */
import type { MachineClass } from '../../client/cloud.ts';
import type { Node, Pod } from '../../client/resources.ts';
import { CarriedTerms } from './carried-terms.ts';
import { Census } from './census.ts';
import { Gangs } from './gangs.ts';
import { Images } from './images.ts';
import { type NodeInfo, Nodes } from './nodes.ts';
import { classKey, type PodClass, parseClass } from './pod-class.ts';
import { keyOfPod, milliseconds, type PodInfo } from './pod-info.ts';
import { Quotas } from './quotas.ts';
import { ResourceNames } from './resources.ts';
import type { Labels } from './selector.ts';
import { type Budget, Shelf, Storage } from './storage.ts';
import { Workloads } from './workloads.ts';

const NO_LABELS: Labels = {};

export class Cluster {
  readonly resources = new ResourceNames();
  readonly nodes = new Nodes(this.resources);
  readonly census = new Census(this.nodes);
  readonly carriedTerms = new CarriedTerms(this.census, (namespace) => this.labelsOfNamespace(namespace));
  readonly workloads = new Workloads();
  readonly images = new Images();
  readonly storage = new Storage();
  /** Pods that wait for room to be made for them on a node, by the node's name. */
  readonly nominated = new Map<string, Set<PodInfo>>();
  readonly budgets = new Shelf<Budget>();
  readonly machineClasses = new Shelf<MachineClass>();
  readonly gangs = new Gangs();
  readonly quotas = new Quotas();
  /** How many pods of each priority are on nodes. */
  readonly priorities = new Map<number, number>();
  readonly #classes = new Map<string, { podClass: PodClass; users: number }>();
  readonly #namespaces = new Map<string, Labels>();
  /** Pods whose node is not known (yet, or any more), by the node's name. */
  readonly #homeless = new Map<string, Set<PodInfo>>();

  /** Takes in a new or changed node; `false` if nothing has changed that a decision depends on. */
  setNode(node: Node): boolean {
    const name = node.metadata?.name ?? '';
    const known = this.nodes.get(name);
    if (known && sameForScheduling(known.node, node)) {
      known.node = node;
      return false;
    }
    if (known) this.#undescribe(known);
    const info = known ?? this.nodes.add(name, node);
    this.nodes.describe(info, node);
    this.images.enter(info.images);
    this.census.attach(info.slot);
    if (!known) for (const pod of this.#homeless.get(name) ?? []) this.#settle(pod, info);
    if (!known) this.#homeless.delete(name);
    return true;
  }

  removeNode(name: string): void {
    const info = this.nodes.get(name);
    if (!info) return;
    for (const pod of [...info.pods]) {
      this.#unsettle(pod, info);
      this.#home(name).add(pod);
    }
    this.#undescribe(info);
    this.nodes.remove(info);
  }

  /** A pod as the scheduler keeps it. Give it back with `drop`. */
  describe(pod: Pod): PodInfo {
    this.gangs.came(pod);
    return {
      key: keyOfPod(pod),
      uid: pod.metadata?.uid ?? '',
      pod,
      podClass: this.#enroll(pod),
      priority: pod.spec?.priority ?? 0,
      createdAt: milliseconds(pod.metadata?.creationTimestamp) ?? 0,
      startedAt: milliseconds(pod.status?.startTime),
      terminating: pod.metadata?.deletionTimestamp !== undefined,
      slot: -1,
    };
  }

  drop(pod: PodInfo): void {
    this.gangs.left(pod.pod);
    const entry = this.#classes.get(pod.podClass.key);
    if (!entry || --entry.users > 0) return;
    this.#classes.delete(pod.podClass.key);
    this.census.dismiss(pod.podClass);
    for (const release of pod.podClass.release) release();
  }

  /** The pod takes its share of the node. */
  place(pod: PodInfo, nodeName: string): void {
    const info = this.nodes.get(nodeName);
    if (info) this.#settle(pod, info);
    else this.#home(nodeName).add(pod);
  }

  /** The pod gives back its share of the node that it was placed on. */
  displace(pod: PodInfo, nodeName: string): void {
    const info = this.nodes.get(nodeName);
    if (info?.pods.has(pod)) this.#unsettle(pod, info);
    const homeless = this.#homeless.get(nodeName);
    if (homeless?.delete(pod) && homeless.size === 0) this.#homeless.delete(nodeName);
  }

  nominate(pod: PodInfo, nodeName: string): void {
    const pods = this.nominated.get(nodeName) ?? new Set();
    this.nominated.set(nodeName, pods.add(pod));
    this.#touch(nodeName);
  }

  denominate(pod: PodInfo): void {
    for (const [nodeName, pods] of this.nominated) {
      if (!pods.delete(pod)) continue;
      if (pods.size === 0) this.nominated.delete(nodeName);
      this.#touch(nodeName);
    }
  }

  setNamespace(name: string, labels: Labels): void {
    if (JSON.stringify(this.labelsOfNamespace(name)) === JSON.stringify(labels)) return;
    this.#namespaces.set(name, labels);
    this.census.recheck(name);
    this.carriedTerms.recheck();
  }

  removeNamespace(name: string): void {
    this.setNamespace(name, NO_LABELS);
    this.#namespaces.delete(name);
  }

  labelsOfNamespace(name: string): Labels {
    return this.#namespaces.get(name) ?? NO_LABELS;
  }

  #touch(nodeName: string): void {
    const slot = this.nodes.bySlotOf.get(nodeName);
    if (slot !== undefined) this.nodes.changed(slot);
  }

  #enroll(pod: Pod): PodClass {
    const key = classKey(pod);
    const known = this.#classes.get(key);
    if (known) {
      known.users++;
      return known.podClass;
    }
    const podClass = parseClass(pod, key, this.resources);
    this.#classes.set(key, { podClass, users: 1 });
    this.census.enroll(podClass);
    this.carriedTerms.enroll(podClass);
    return podClass;
  }

  #settle(pod: PodInfo, info: NodeInfo): void {
    pod.slot = info.slot;
    info.pods.add(pod);
    for (const port of pod.podClass.hostPorts) info.ports.push(port);
    this.nodes.charge(info, pod, 1);
    this.census.count(pod, info.slot, 1);
    this.gangs.settled(pod, 1);
    this.quotas.charge(pod, 1);
    this.priorities.set(pod.priority, (this.priorities.get(pod.priority) ?? 0) + 1);
  }

  #unsettle(pod: PodInfo, info: NodeInfo): void {
    info.pods.delete(pod);
    for (const port of pod.podClass.hostPorts) info.ports.splice(info.ports.indexOf(port), 1);
    this.nodes.charge(info, pod, -1);
    this.census.count(pod, info.slot, -1);
    this.gangs.settled(pod, -1);
    this.quotas.charge(pod, -1);
    const left = (this.priorities.get(pod.priority) ?? 0) - 1;
    if (left > 0) this.priorities.set(pod.priority, left);
    else this.priorities.delete(pod.priority);
    pod.slot = -1;
  }

  #undescribe(info: NodeInfo): void {
    this.census.detach(info.slot);
    this.images.leave(info.images);
    this.nodes.forget(info);
  }

  #home(nodeName: string): Set<PodInfo> {
    const pods = this.#homeless.get(nodeName) ?? new Set();
    this.#homeless.set(nodeName, pods);
    return pods;
  }
}

/** Heartbeats change a node's conditions and nothing that a decision depends on. */
function sameForScheduling(before: Node, after: Node): boolean {
  const parts = (node: Node) => [
    node.metadata?.labels,
    node.spec?.taints,
    node.spec?.unschedulable,
    node.status?.allocatable,
    node.status?.images,
  ];
  return JSON.stringify(parts(before)) === JSON.stringify(parts(after));
}
