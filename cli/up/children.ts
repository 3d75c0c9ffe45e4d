/** The processes of an `up`: what each is started with. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PartConfig } from '../parts/config.ts';
import { PARTS } from '../parts/table.ts';
import type { ChildSpec } from '../supervise/child.ts';

/** What all processes of an instance have in common. */
export interface ChildrenOptions {
  logs: string;
  logLevel: string;
  /** Parsed flags by part. */
  flags: Record<string, Record<string, unknown>>;
  /** How a part reaches the API. */
  connectionOf(part: string): PartConfig['connection'];
  redis?: string;
  meshSocket: string;
  api?: PartConfig['api'];
}

const ENTRY = fileURLToPath(new URL('../part-process.ts', import.meta.url));

/**
 * One for each process of the parts, in start order. All load their code at once; the API is configured when `options` are settled, the others
 * when the API is `ready`.
 */
export function childSpecs(parts: string[], logs: string, options: Promise<ChildrenOptions>, ready: Promise<void>): ChildSpec[] {
  const whenReady = ready.then(() => options);
  whenReady.catch(() => {}); // heard by whoever awaits the API
  return parts.flatMap((part) =>
    (PARTS[part]?.processes ?? []).map((name) => ({
      name,
      args: ['--disable-warning=ExperimentalWarning', ENTRY, name],
      outputFile: join(logs, `${name}.out`),
      config: (part === 'api' ? options : whenReady).then((settled) => configOf(part, name, settled)),
    })),
  );
}

function configOf(part: string, name: string, options: ChildrenOptions): PartConfig {
  const config: PartConfig = {
    logFile: join(options.logs, `${name}.log`),
    logLevel: options.logLevel,
    options: options.flags[part] ?? {},
    meshSocket: options.meshSocket,
  };
  const connection = options.connectionOf(part);
  if (connection) config.connection = connection;
  if (options.redis) config.redis = options.redis;
  if (part === 'api' && options.api) config.api = options.api;
  return config;
}
