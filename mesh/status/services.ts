/** Tells the owners of Services, by events, what of their Service can't be carried. */
import type { Recorder } from '../../client/events.ts';
import type { ServiceIr } from '../ir/ir.ts';
import type { Problem } from '../push/protocol.ts';
import type { Sources } from '../sources.ts';

export class ServiceReporter {
  readonly #sources: Sources;
  readonly #events: Recorder;
  /** What was last told of each Service, so that it is told once. */
  readonly #refused = new Map<string, string>();
  readonly #problems = new Map<string, string>();

  constructor(sources: Sources, events: Recorder) {
    this.#sources = sources;
    this.#events = events;
  }

  /** A Service was translated: its ports that no proxy can carry are named. */
  translated(service: ServiceIr): void {
    const message = service.refused.map(({ port, why }) => `port ${port}: ${why}`).join('; ');
    this.#tell(this.#refused, service.name, 'UnsupportedProtocol', message);
  }

  /** The proxies' listeners changed their state. */
  problems(problems: Problem[]): void {
    const byService = new Map<string, string[]>();
    for (const { service, reason } of problems) byService.set(service, [...(byService.get(service) ?? []), reason]);
    for (const service of this.#problems.keys()) if (!byService.has(service)) this.#problems.delete(service);
    for (const [service, reasons] of byService) this.#tell(this.#problems, service, 'AddressNotUsable', [...new Set(reasons)].join('; '));
  }

  #tell(told: Map<string, string>, name: string, reason: string, message: string): void {
    const service = this.#sources.service(name);
    const now = `${service?.metadata?.uid} ${message}`;
    if (!service || told.get(name) === now) return;
    told.set(name, now);
    if (message !== '') this.#events.event(service, 'Warning', reason, message);
  }
}
