/** The mesh's flags, those of its controller and those of its proxy. */
import { durationFlag, numberFlag, switchFlag } from '../types/part/flags.ts';

export const flags = {
  'mesh-coalesce-period': durationFlag('3ms', 'how long changes are gathered before they are translated and pushed'),
  'concurrent-mesh-status-syncs': numberFlag(4, 'routes whose status is written at the same time', { min: 1 }),
  'mesh-drain-timeout': durationFlag('5s', 'how long connections may go on when the proxy ends'),
  'mesh-shared-listeners': switchFlag(false, 'let several proxies share each address (SO_REUSEPORT)'),
};
