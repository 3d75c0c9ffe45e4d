/** The proxy's last good configuration, live: clusters with their connections, route tables with their turns, and the counters of both. */
import type { PartContext } from '../../types/part/part.ts';
import type { ResourceConfig, RouteEntry, RoutesConfig, RuleConfig } from '../config/resource.ts';
import { Cluster } from './cluster.ts';
import { type Counters, newCounters } from './counters.ts';
import { Turns } from './turns.ts';

/** A rule with its running state. */
export interface LiveRule {
  config: RuleConfig;
  turns: Turns;
  counters: Counters;
}

export interface LiveTable {
  config: RoutesConfig;
  rules: LiveRule[];
}

export class State {
  readonly clusters = new Map<string, Cluster>();
  readonly tables = new Map<string, LiveTable>();
  readonly #ctx: PartContext;

  constructor(ctx: PartContext) {
    this.#ctx = ctx;
  }

  set(resource: ResourceConfig): void {
    if (resource.type === 'cluster') {
      let cluster = this.clusters.get(resource.name);
      if (!cluster) {
        cluster = new Cluster(resource.name, this.#ctx.random);
        this.clusters.set(resource.name, cluster);
      }
      cluster.configure(resource);
    } else if (resource.type === 'routes') this.tables.set(resource.name, this.#live(resource));
  }

  remove(type: ResourceConfig['type'], name: string): void {
    if (type === 'routes') this.tables.delete(name);
    if (type !== 'cluster') return;
    this.clusters.get(name)?.retire();
    this.clusters.delete(name);
  }

  rule(table: LiveTable, entry: RouteEntry): LiveRule {
    return table.rules[entry.rule] as LiveRule;
  }

  /** A rule that keeps its name keeps its counters. */
  #live(config: RoutesConfig): LiveTable {
    const before = new Map(this.tables.get(config.name)?.rules.map((rule) => [rule.config.name, rule.counters]));
    const rules = config.rules.map((rule) => ({
      config: rule,
      turns: new Turns(
        rule.backends.map(({ weight }) => weight),
        this.#ctx.random,
      ),
      counters: before.get(rule.name) ?? newCounters(),
    }));
    return { config, rules };
  }
}
