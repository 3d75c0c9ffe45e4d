/** A pod with scheduling gates is not tried until the last of them is removed. */
import { type Plugin, refusal } from '../../framework/plugin.ts';

export function schedulingGates(): Plugin {
  const name = 'SchedulingGates';
  const gated = refusal(name, 'Scheduling is blocked due to non-empty scheduling gates');
  return {
    name,
    preEnqueue: ({ pod }) => (pod.spec?.schedulingGates?.length ? gated : undefined),
  };
}
