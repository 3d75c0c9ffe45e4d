import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../types/part/clock.ts';
import { silentLog } from '../../types/part/log.ts';
import type { StoreLocation } from '../open.ts';
import { openStore } from '../open.ts';
import type { StoreContext, StoreSettings } from '../settings.ts';
import type { Change, ResourceStore, Store, WriteResult } from '../store.ts';

export const context: StoreContext = { clock: realClock, log: silentLog };

/** Somewhere that a store's data is, and whatever serves it. */
export interface World {
  location: StoreLocation;
  end(): Promise<void>;
}

/** A driver under test. */
export interface Driver {
  name: string;
  /** Makes an empty world in the directory, or serves again what a world left there. */
  start(directory: string): Promise<World>;
}

/** A world in a directory of its own, and the stores opened in it, all of which end with it. */
export class Place {
  readonly directory: string;
  readonly #driver: Driver;
  readonly #stores: Store[] = [];
  #world: World;

  private constructor(driver: Driver, directory: string, world: World) {
    this.#driver = driver;
    this.directory = directory;
    this.#world = world;
  }

  static async make(driver: Driver): Promise<Place> {
    const directory = await mkdtemp(join(tmpdir(), 'kumulus-store-'));
    return new Place(driver, directory, await driver.start(directory));
  }

  get location(): StoreLocation {
    return this.#world.location;
  }

  async open(settings?: StoreSettings): Promise<Store> {
    const store = await openStore(this.location, context, settings);
    this.#stores.push(store);
    return store;
  }

  /** Ends what serves the data and starts it again. */
  async restart(): Promise<void> {
    await this.closeStores();
    await this.#world.end();
    this.#world = await this.#driver.start(this.directory);
  }

  async closeStores(): Promise<void> {
    await Promise.all(this.#stores.splice(0).map((store) => store.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeStores();
    await this.#world.end();
    await rm(this.directory, { recursive: true, force: true });
  }
}

/** Writes without expecting a refusal; the new revision. */
export async function put(resource: ResourceStore, key: string, text: string, expect = 0): Promise<number> {
  return accepted(await resource.write({ key, expect, value: Buffer.from(text), type: expect === 0 ? 'create' : 'update' }));
}

export async function remove(resource: ResourceStore, key: string, expect: number, text = 'last'): Promise<number> {
  return accepted(await resource.write({ key, expect, value: Buffer.from(text), type: 'delete' }));
}

function accepted(result: WriteResult): number {
  if (result.ok) return result.revision;
  throw new Error(`refused: ${JSON.stringify(result.current)}`);
}

/** Makes `count` objects `o-0`, `o-1`, … a thousand at a time. */
export async function fill(resource: ResourceStore, count: number, value = Buffer.from('{}')): Promise<void> {
  for (let i = 0; i < count; i += 1000) {
    const size = Math.min(1000, count - i);
    const writes = Array.from({ length: size }, (_, j) => resource.write({ key: `o-${i + j}`, expect: 0, value, type: 'create' }));
    await Promise.all(writes);
  }
}

/** Reads a tail until the change with the revision `through`. */
export async function readThrough(resource: ResourceStore, after: number, through: number): Promise<Change[]> {
  const done = new AbortController();
  const changes: Change[] = [];
  for await (const batch of resource.tail(after, { signal: done.signal })) {
    changes.push(...batch);
    if ((changes.at(-1)?.revision ?? 0) >= through) done.abort();
  }
  return changes;
}

/** `create a/b 1`, to compare and to read. */
export function line({ type, key, revision, value }: Change): string {
  return `${type} ${key} ${revision} ${value}`;
}

export function revisionsOf(changes: Change[]): number[] {
  return changes.map(({ revision }) => revision);
}

/** after + 1, …, through */
export function span(after: number, through: number): number[] {
  return Array.from({ length: through - after }, (_, i) => after + 1 + i);
}

/** Lets the event loop turn: what answers from memory would otherwise keep a loop of questions from ever seeing anything new. */
export function turn(): Promise<void> {
  return realClock.sleep(0);
}
