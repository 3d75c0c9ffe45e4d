/** The options of the cloud's controllers. */
import { type Flags, numberFlag, type OptionsOf, textFlag } from '../../types/part/flags.ts';

export const cloudFlags = {
  'machine-queue-redis': textFlag('', '<url>', 'Redis (URL or socket) that keeps the jobs of machines; default: they are kept in memory'),
  'concurrent-machine-syncs': numberFlag(32, 'machines that are worked on at the same time', { min: 1 }),
  'concurrent-machinepool-syncs': numberFlag(5, 'machine pools that are synced at the same time', { min: 1 }),
} satisfies Flags;

export type CloudOptions = OptionsOf<typeof cloudFlags>;
