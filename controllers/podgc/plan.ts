/** Which pods nobody looks after any more. Pure. */
import type { Node, Pod } from '../../client/resources.ts';
import { isFinished, isTerminating } from '../shared/pods.ts';

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

/** Finished pods beyond the threshold, the oldest first; 0: there is no threshold. */
export function surplus(pods: Iterable<Pod>, threshold: number): Pod[] {
  if (threshold === 0) return [];
  const finished = [...pods].filter((pod) => isFinished(pod) && !isTerminating(pod));
  if (finished.length <= threshold) return [];
  const created = (pod: Pod) => pod.metadata?.creationTimestamp ?? '';
  return finished.sort((a, b) => (created(a) < created(b) ? -1 : 1)).slice(0, finished.length - threshold);
}

/** Terminating pods that no kubelet will ever end: on no node, or on a node that is declared out of service and is not ready. */
export function abandoned(pods: Iterable<Pod>, node: (name: string) => Node | undefined): Pod[] {
  return [...pods].filter((pod) => {
    if (!isTerminating(pod)) return false;
    const name = pod.spec?.nodeName;
    return name ? isOutOfService(node(name)) : true;
  });
}

function isOutOfService(node: Node | undefined): boolean {
  const ready = node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  return node !== undefined && !ready && (node.spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE);
}
