/** What the main thread and the database's thread say to each other. */
import type { PackedChanges, PackedObjects, PackedResults, PackedWrites } from './pack.ts';

export interface WorkerSettings {
  file: string;
  logLength: number;
}

/** The thread's first message: the newest revision of each resource, or why the file can't be opened. */
export type Opened = { counters: Map<string, number>; error?: undefined } | { error: string; counters?: undefined };

export type Ask =
  | { ask: 'commit'; writes: PackedWrites }
  | { ask: 'get'; resource: string; key: string }
  | { ask: 'list'; resource: string }
  | { ask: 'range'; resource: string; after: number; through: number }
  | { ask: 'oldest'; resource: string }
  | { ask: 'compact'; resource: string; revision: number }
  | { ask: 'claim' | 'release'; pool: string; item: string; owner: string }
  | { ask: 'claims'; pool: string }
  | { ask: 'close' };

export type Question = Ask & { id: number };

/** What a question's kind calls for, or the error. */
export interface Answer {
  id: number;
  error?: string;
  results?: PackedResults;
  objects?: PackedObjects[];
  changes?: PackedChanges;
  revision?: number;
  oldest?: number;
  granted?: boolean;
  claims?: Map<string, string>;
}
