/**
 * The thread that has the database open. It does one request after the other, in the order of their arrival; all are synchronous, so
 * that a request sees exactly what was committed before it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Database } from './database.ts';
import { packChanges, packObjects, packResults, unpackWrites } from './pack.ts';
import type { Answer, Opened, Question, WorkerSettings } from './protocol.ts';

/** So many objects are packed into one block, so that no block is very large. */
const BLOCK = 1000;

const port = parentPort;
if (!port) throw new Error('this module is the main module of a worker thread');
const { file, logLength } = workerData as WorkerSettings;

function open(): Database | undefined {
  try {
    const database = new Database(file, logLength);
    port?.postMessage({ counters: database.counters() } satisfies Opened);
    return database;
  } catch (error) {
    port?.postMessage({ error: (error as Error).message } satisfies Opened);
    return undefined;
  }
}

function answer(database: Database, question: Question): Omit<Answer, 'id'> {
  switch (question.ask) {
    case 'commit':
      return { results: packResults(database.commit(unpackWrites(question.writes))) };
    case 'get': {
      const object = database.get(question.resource, question.key);
      return { objects: object ? [packObjects([object])] : [] };
    }
    case 'list': {
      const objects = Array.from(database.pages(question.resource, BLOCK), packObjects);
      return { revision: database.revision(question.resource), objects };
    }
    case 'range':
      return {
        oldest: database.oldest(question.resource),
        changes: packChanges(database.range(question.resource, question.after, question.through)),
      };
    case 'oldest':
      return { oldest: database.oldest(question.resource) };
    case 'compact':
      database.compact(question.resource, question.revision);
      return {};
    case 'claim':
      return { granted: database.claim(question.pool, question.item, question.owner) };
    case 'release':
      database.release(question.pool, question.item, question.owner);
      return {};
    case 'claims':
      return { claims: database.claims(question.pool) };
    case 'close':
      database.close();
      return {};
  }
}

/** The blocks of bytes in an answer, which are handed over instead of copied. */
function blocksOf({ results, objects = [], changes }: Omit<Answer, 'id'>): ArrayBuffer[] {
  const packed = [...objects, ...(changes ? [changes] : []), ...(results ? [results.current] : [])];
  return packed.map(({ values }) => values.bytes);
}

const database = open();
if (database) {
  port.on('message', (question: Question) => {
    try {
      const reply = answer(database, question);
      port.postMessage({ id: question.id, ...reply } satisfies Answer, blocksOf(reply));
    } catch (error) {
      port.postMessage({ id: question.id, error: (error as Error).message } satisfies Answer);
    }
    if (question.ask === 'close') port.close();
  });
}
