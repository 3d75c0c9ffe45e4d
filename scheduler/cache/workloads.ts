/** Services and the controllers of pods, for one question: which pods belong together when a pod does not say how to spread. */
import type { KubeObject } from '../../types/wire.ts';
import type { PodClass } from './pod-class.ts';
import { compileSelector, type LabelSelector, type Labels, type Selector, selectorOfLabels } from './selector.ts';

type Workload = KubeObject & { spec?: { selector?: unknown } };

interface Space {
  readonly services: Map<string, { labels: Labels; selector: Selector }>;
  /** By `kind/name`. */
  readonly controllers: Map<string, LabelSelector>;
  version: number;
}

export class Workloads {
  readonly #spaces = new Map<string, Space>();

  /** Takes in a Service, ReplicationController, ReplicaSet or StatefulSet. */
  set(kind: string, object: Workload): void {
    const space = this.#space(object.metadata?.namespace ?? '');
    const name = object.metadata?.name ?? '';
    const selector = object.spec?.selector ?? {};
    if (kind === 'Service') {
      if (JSON.stringify(space.services.get(name)?.labels) === JSON.stringify(selector)) return;
      space.services.set(name, { labels: selector as Labels, selector: selectorOfLabels(selector as Labels) });
    } else {
      const found = kind === 'ReplicationController' ? { matchLabels: selector as Record<string, string> } : (selector as LabelSelector);
      if (JSON.stringify(space.controllers.get(`${kind}/${name}`)) === JSON.stringify(found)) return;
      space.controllers.set(`${kind}/${name}`, found);
    }
    space.version++;
  }

  remove(kind: string, object: Workload): void {
    const space = this.#space(object.metadata?.namespace ?? '');
    const name = object.metadata?.name ?? '';
    if (kind === 'Service') space.services.delete(name);
    else space.controllers.delete(`${kind}/${name}`);
    space.version++;
  }

  /** Raised whenever an answer of `selectorFor` in this namespace may have changed. */
  version(namespace: string): number {
    return this.#spaces.get(namespace)?.version ?? 0;
  }

  /**
   * What the Services that select the pod and the controller that made it select together; `undefined` if there are none
   * (kube-scheduler's helper.DefaultSelector).
   */
  selectorFor(podClass: PodClass): Selector | undefined {
    const space = this.#spaces.get(podClass.namespace);
    if (!space) return undefined;
    const labels: Record<string, string> = {};
    for (const service of space.services.values()) {
      if (!service.selector.everything && service.selector.matches(podClass.labels)) Object.assign(labels, service.labels);
    }
    const { owner } = podClass;
    const stated = owner ? space.controllers.get(`${owner.kind}/${owner.name}`) : undefined;
    if (owner?.kind === 'ReplicationController') Object.assign(labels, stated?.matchLabels);
    const expressions = owner?.kind === 'ReplicationController' || !stated ? [] : requirementsOf(stated);
    const selector = compileSelector({ matchLabels: labels, matchExpressions: expressions });
    return selector.everything ? undefined : selector;
  }

  #space(namespace: string): Space {
    const space = this.#spaces.get(namespace) ?? { services: new Map(), controllers: new Map(), version: 0 };
    this.#spaces.set(namespace, space);
    return space;
  }
}

function requirementsOf(selector: LabelSelector) {
  const labels = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  return [...labels, ...(selector.matchExpressions ?? [])];
}
