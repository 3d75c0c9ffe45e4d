/** Every pod stays for a while on a node that is not ready or unreachable, unless it says otherwise. */
import type { ApiOptions } from '../options.ts';
import type { AdmissionStep } from './admission.ts';
import { type Toleration, writtenPod } from './pods.ts';

export function defaultTolerationSeconds(options: ApiOptions): AdmissionStep {
  const defaults: [key: string, seconds: number][] = [
    ['node.kubernetes.io/not-ready', options['default-not-ready-toleration-seconds']],
    ['node.kubernetes.io/unreachable', options['default-unreachable-toleration-seconds']],
  ];
  return {
    name: 'DefaultTolerationSeconds',
    mutate: (request) => {
      const pod = writtenPod(request);
      if (!pod?.spec) return;
      const tolerations = pod.spec.tolerations ?? [];
      for (const [key, tolerationSeconds] of defaults) {
        if (!tolerations.some((t) => tolerates(t, key))) {
          tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds });
        }
      }
      pod.spec.tolerations = tolerations;
    },
  };
}

const tolerates = ({ key, effect }: Toleration, taint: string) => (key === taint || !key) && (effect === 'NoExecute' || !effect);
