/** The options of the cloud's controllers. */
import { type Flags, numberFlag } from '../../types/part/flags.ts';

export const cloudFlags = {
  'concurrent-machine-syncs': numberFlag(32, 'machines that are worked on at the same time', { min: 1 }),
  'concurrent-machinepool-syncs': numberFlag(5, 'machine pools that are synced at the same time', { min: 1 }),
} satisfies Flags;
