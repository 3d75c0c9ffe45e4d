import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Change, ChangeType, StoredObject, WriteResult } from '../store.ts';
import type { ResourceWrite } from './pack.ts';

/** Kept in memory too, because nobody else writes the file. */
interface Counters {
  /** The newest revision. */
  revision: number;
  /** The log holds what is after it. */
  oldest: number;
}

/** What the file holds about one resource, and how it is asked. */
interface Table extends Counters {
  id: number;
  get: StatementSync;
  put: StatementSync;
  remove: StatementSync;
  append: StatementSync;
  bump: StatementSync;
  trim: StatementSync;
  list: StatementSync;
  range: StatementSync;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS resources (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL, -- the newest
    oldest INTEGER NOT NULL    -- the log holds what is after it
  );
  CREATE TABLE IF NOT EXISTS claims (pool TEXT, item TEXT, owner TEXT NOT NULL, PRIMARY KEY (pool, item)) WITHOUT ROWID;
`;

/** Entries beyond the log's length are deleted so many at a time, so that most writes need not think of it. */
const TRIM_EVERY = 256;

const LETTER: Record<ChangeType, string> = { create: 'c', update: 'u', delete: 'd' };
const TYPE: Record<string, ChangeType> = { c: 'create', u: 'update', d: 'delete' };

interface ObjectRow {
  key: string;
  revision: number;
  value: Uint8Array;
}

interface LogRow extends ObjectRow {
  type: string;
}

/**
 * The database file: synchronous steps, each a transaction. WAL with `synchronous=FULL`: a commit is on disk when it returns.
 * The file is locked for this process for as long as it is open.
 */
export class Database {
  readonly #db: DatabaseSync;
  readonly #logLength: number;
  readonly #tables = new Map<string, Table>();

  constructor(file: string, logLength: number) {
    this.#logLength = logLength;
    this.#db = new DatabaseSync(file, { timeout: 0 });
    try {
      // Exclusive before WAL: then the index of the WAL lies in our memory, and the lock is held until we end, however we end.
      this.#db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768');
      this.#db.exec(`BEGIN EXCLUSIVE; ${SCHEMA} COMMIT`);
    } catch (error) {
      this.#db.close();
      throw inUse(error as Error) ? new Error(`${file} is in use by another process; one at a time can have it open`) : error;
    }
    const rows = this.#db.prepare('SELECT id, name, revision, oldest FROM resources').all() as unknown as (Table & { name: string })[];
    for (const { id, name, revision, oldest } of rows) this.#tables.set(name, this.#prepare(id, revision, oldest));
  }

  /** Carries out all of the writes in one transaction; when it throws, none of them happened. */
  commit(writes: ResourceWrite[]): WriteResult[] {
    const touched = new Map<string, Counters>();
    return this.#transaction(touched, () => {
      const results = writes.map((write) => this.#write(write, touched));
      for (const resource of touched.keys()) this.#bump(this.#tables.get(resource) as Table);
      return results;
    });
  }

  compact(resource: string, revision: number): void {
    const table = this.#tables.get(resource);
    if (!table) return;
    const { revision: newest, oldest } = table;
    this.#transaction(new Map([[resource, { revision: newest, oldest }]]), () => {
      this.#trim(table, Math.min(revision, newest));
      this.#bump(table);
    });
  }

  revision(resource: string): number {
    return this.#tables.get(resource)?.revision ?? 0;
  }

  oldest(resource: string): number {
    return this.#tables.get(resource)?.oldest ?? 0;
  }

  get(resource: string, key: string): StoredObject | undefined {
    const table = this.#tables.get(resource);
    return table && read(table, key);
  }

  /** Every object, `size` at a time, in no particular order. Nothing may be written before the last page is taken. */
  *pages(resource: string, size: number): Generator<StoredObject[]> {
    let page: StoredObject[] = [];
    for (const row of this.#tables.get(resource)?.list.iterate() ?? []) {
      const { key, revision, value } = row as unknown as ObjectRow;
      page.push({ key, revision, value: buffer(value) });
      if (page.length < size) continue;
      yield page;
      page = [];
    }
    yield page;
  }

  /** What the log has after `after` up to and with `through`. */
  range(resource: string, after: number, through: number): Change[] {
    const rows = (this.#tables.get(resource)?.range.all(after, through) ?? []) as unknown as LogRow[];
    return rows.map(({ revision, type, key, value }) => ({ revision, type: TYPE[type] ?? 'update', key, value: buffer(value) }));
  }

  /** The newest revision of each resource that was ever written. */
  counters(): Map<string, number> {
    return new Map([...this.#tables].map(([name, table]) => [name, table.revision] as const).filter(([, revision]) => revision > 0));
  }

  claim(pool: string, item: string, owner: string): boolean {
    this.#db.prepare('INSERT INTO claims (pool, item, owner) VALUES (?, ?, ?) ON CONFLICT DO NOTHING').run(pool, item, owner);
    const row = this.#db.prepare('SELECT owner FROM claims WHERE pool = ? AND item = ?').get(pool, item);
    return row?.owner === owner;
  }

  release(pool: string, item: string, owner: string): void {
    this.#db.prepare('DELETE FROM claims WHERE pool = ? AND item = ? AND owner = ?').run(pool, item, owner);
  }

  claims(pool: string): Map<string, string> {
    const rows = this.#db.prepare('SELECT item, owner FROM claims WHERE pool = ?').all(pool) as { item: string; owner: string }[];
    return new Map(rows.map(({ item, owner }) => [item, owner]));
  }

  close(): void {
    this.#db.close();
  }

  /** `touched` fills with what the counters were before; it is what they are set back to when the transaction fails. */
  #transaction<T>(touched: Map<string, Counters>, run: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = run();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      this.#forget(touched);
      throw error;
    }
  }

  #write({ resource, key, expect, value, type }: ResourceWrite, touched: Map<string, Counters>): WriteResult {
    const known = this.#tables.get(resource);
    const current = known && read(known, key);
    if ((current?.revision ?? 0) !== expect) return { ok: false, current };
    if (!touched.has(resource)) touched.set(resource, { revision: known?.revision ?? 0, oldest: known?.oldest ?? 0 });
    const table = known ?? this.#create(resource);
    const revision = ++table.revision;
    if (type === 'delete') table.remove.run(key);
    else table.put.run(key, revision, value);
    table.append.run(revision, LETTER[type], key, value);
    return { ok: true, revision };
  }

  /** After a rollback: the counters are again what they were, and a table that the transaction made is gone. */
  #forget(touched: Map<string, Counters>): void {
    for (const [resource, before] of touched) {
      const table = this.#tables.get(resource);
      if (before.revision === 0) this.#tables.delete(resource);
      else if (table) Object.assign(table, before);
    }
  }

  /** Writes the counters down, and now and then shortens the log. */
  #bump(table: Table): void {
    if (table.revision - table.oldest > this.#logLength + TRIM_EVERY) this.#trim(table, table.revision - this.#logLength);
    table.bump.run(table.revision, table.oldest, table.id);
  }

  #trim(table: Table, through: number): void {
    if (through <= table.oldest) return;
    table.trim.run(through);
    table.oldest = through;
  }

  /** The resource's tables, made in the transaction of its first write. */
  #create(resource: string): Table {
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO resources (name, revision, oldest) VALUES (?, 0, 0)').run(resource);
    const id = Number(lastInsertRowid);
    this.#db.exec(`
      CREATE TABLE objects_${id} (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, value BLOB NOT NULL);
      CREATE TABLE log_${id} (revision INTEGER PRIMARY KEY, type TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL);
    `);
    const table = this.#prepare(id, 0, 0);
    this.#tables.set(resource, table);
    return table;
  }

  #prepare(id: number, revision: number, oldest: number): Table {
    const prepare = (sql: string) => this.#db.prepare(sql);
    return {
      id,
      revision,
      oldest,
      get: prepare(`SELECT revision, value FROM objects_${id} WHERE key = ?`),
      put: prepare(
        `INSERT INTO objects_${id} (key, revision, value) VALUES (?, ?, ?)
         ON CONFLICT (key) DO UPDATE SET revision = excluded.revision, value = excluded.value`,
      ),
      remove: prepare(`DELETE FROM objects_${id} WHERE key = ?`),
      append: prepare(`INSERT INTO log_${id} (revision, type, key, value) VALUES (?, ?, ?, ?)`),
      bump: prepare('UPDATE resources SET revision = ?, oldest = ? WHERE id = ?'),
      trim: prepare(`DELETE FROM log_${id} WHERE revision <= ?`),
      list: prepare(`SELECT key, revision, value FROM objects_${id}`),
      range: prepare(`SELECT revision, type, key, value FROM log_${id} WHERE revision > ? AND revision <= ? ORDER BY revision`),
    };
  }
}

function read(table: Table, key: string): StoredObject | undefined {
  const row = table.get.get(key) as unknown as ObjectRow | undefined;
  return row && { key, revision: row.revision, value: buffer(row.value) };
}

/** The same bytes, not a copy. */
function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** SQLITE_BUSY: somebody else holds the lock. */
function inUse(error: Error & { errcode?: number }): boolean {
  return error.errcode === 5;
}
