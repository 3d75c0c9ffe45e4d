/** Options of `kumulus up` itself; those of the parts come from the parts (parts/table.ts). */
import { type Flags, listFlag, numberFlag, type OptionsOf, switchFlag, textFlag } from '../../types/part/flags.ts';

export const upFlags = {
  'data-dir': textFlag('.kumulus', '<dir>', 'where the kubeconfig, certificates, logs and objects are kept'),
  port: numberFlag(6443, 'port of the API server on 127.0.0.1; 0 picks a free one', { max: 65_535 }),
  nodes: numberFlag(-1, 'machines in the default pool (10 for a new data directory; else as it was left)', { min: 0, max: 100_000 }),
  redis: textFlag('', '<url>', 'use this Redis instead of a private one (also REDIS_URL)'),
  store: textFlag('', '<redis|embedded>', 'redis where a redis-server is found, else embedded (SQLite)'),
  only: listFlag([], '<parts>', 'start some parts alone: api, controllers, scheduler, nodes, mesh'),
  kubeconfig: textFlag('', '<file>', 'with --only and without api: the cluster that the parts work for'),
  'tls-san': listFlag([], '<names>', "further names and addresses in the API server's certificate"),
  'healthz-port': numberFlag(0, 'serve /livez and /readyz of this process and its parts on this port; 0: do not', { max: 65_535 }),
  'healthz-bind-address': textFlag('127.0.0.1', '<ip>', 'the address that --healthz-port is on'),
  'log-level': textFlag('info', '<level>', 'debug, info, warn or error'),
  detach: switchFlag(false, 'come up in the background; end it with kumulus down'),
} satisfies Flags;

export type UpOptions = OptionsOf<typeof upFlags>;
