/**
 * A process that writes until it is killed: `node writer.ts <location as JSON>`. It prints `<key> <revision>.` for each write that was
 * acknowledged, in the order of the acknowledgements.
 */
import { writeSync } from 'node:fs';
import { openStore } from '../open.ts';
import { context } from './world.ts';

const WRITERS = 16;

const store = await openStore(JSON.parse(process.argv[2] ?? ''), context);
const pods = store.resource('pods');

async function write(key: string): Promise<never> {
  let expect = (await pods.get(key))?.revision ?? 0;
  for (;;) {
    const value = Buffer.from(`after ${expect} ${'x'.repeat(500)}`);
    const result = await pods.write({ key, expect, value, type: expect === 0 ? 'create' : 'update' });
    if (!result.ok) throw new Error(`refused: ${key}`);
    expect = result.revision;
    writeSync(1, `${key} ${expect}.\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, i) => write(`w-${i}`)));
