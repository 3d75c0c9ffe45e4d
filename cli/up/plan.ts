/** Which parts an `up` starts, and for which cluster they work. Pure. */
import { wrongUsage } from '../failure.ts';
import type { PartEntry } from '../parts/table.ts';
import type { UpOptions } from './flags.ts';

export interface UpPlan {
  /** In start order. */
  parts: string[];
  /** Whether an API server of our own is among them; else they work for the cluster of `--kubeconfig`. */
  ownApi: boolean;
  /** Whether machines are made at start: there must be somebody to make and to run them. */
  makesMachines: boolean;
}

export function planUp(options: UpOptions, given: Set<string>, table: Record<string, PartEntry>): UpPlan {
  const known = Object.keys(table);
  const unknown = options.only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw wrongUsage(`--only ${unknown}: there are ${known.join(', ')}`);
  const parts = known.filter((name) => options.only.length === 0 || options.only.includes(name));
  const ownApi = parts.includes('api');
  if (ownApi && options.kubeconfig) throw wrongUsage('--kubeconfig is for parts without an API server of their own (--only without api)');
  if (!ownApi && !options.kubeconfig)
    throw wrongUsage('--only without api needs --kubeconfig FILE: for which cluster should the parts work?');
  const makesMachines = ownApi && parts.includes('controllers') && parts.includes('nodes');
  if (!makesMachines && given.has('nodes')) throw wrongUsage('--nodes needs the parts api, controllers and nodes');
  return { parts, ownApi, makesMachines };
}
