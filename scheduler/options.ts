/** The scheduler's flags. Names are kube-scheduler's, but for `--scheduler-config`, which is its `--config`. */
import { numberFlag, type OptionsOf, switchFlag, textFlag } from '../types/part/flags.ts';

export const flags = {
  'scheduler-config': textFlag('', '<file>', 'a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1): profiles, plugins, weights'),
  'leader-elect': switchFlag(false, 'run for leader before scheduling, so that several schedulers can be up'),
  'bindings-in-flight': numberFlag(64, 'pods that are being bound at the same time, at most', { min: 1 }),
  'explain-port': numberFlag(0, 'answer questions about decisions over HTTP on this port of 127.0.0.1; 0: do not', { max: 65_535 }),
};

export type SchedulerOptions = OptionsOf<typeof flags>;
