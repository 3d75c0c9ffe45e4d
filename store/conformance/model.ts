import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Compacted } from '../errors.ts';
import type { Change, ResourceStore, Store, StoredObject, Write, WriteResult } from '../store.ts';

/** What a resource is, in as few lines as can be. */
class Model {
  objects = new Map<string, StoredObject>();
  log: Change[] = [];
  oldest = 0;

  write({ key, expect, value, type }: Write): WriteResult {
    const current = this.objects.get(key);
    if ((current?.revision ?? 0) !== expect) return { ok: false, current };
    const revision = this.log.length + 1;
    this.log.push({ revision, type, key, value });
    if (type === 'delete') this.objects.delete(key);
    else this.objects.set(key, { key, revision, value });
    return { ok: true, revision };
  }

  range(after: number, through: number): Change[] | 'compacted' {
    return after < this.oldest ? 'compacted' : this.log.slice(after, through);
  }
}

type Step =
  | { do: 'write'; key: string; value: Uint8Array; remove: boolean; stale: number }
  | { do: 'get'; key: string }
  | { do: 'snapshot' }
  | { do: 'range'; after: number; length: number }
  | { do: 'compact'; back: number };

const key = fc.constantFrom('a', 'b/c', 'ä/\u{1f40b}', 'd');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      key,
      value: fc.uint8Array({ maxLength: 20 }),
      remove: fc.boolean(),
      stale: fc.constantFrom(0, 0, 0, 1, -1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('snapshot' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('range' as const), after: fc.nat(40), length: fc.nat(10) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat(5) }) },
);

/** Any sequence of steps does to the store what it does to the model. */
export function model(store: () => Store): void {
  test('behaves as the model does', { timeout: 20_000 }, async () => {
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const resource = store().resource(`model-${run++}`);
      const model = new Model();
      for (const one of steps) await compare(one, resource, model);
      expect(await resource.revision()).toBe(model.log.length);
      expect(await resource.oldest()).toBe(model.oldest);
    });
    await fc.assert(property, { numRuns: 60 });
  });
}

async function compare(step: Step, resource: ResourceStore, model: Model): Promise<void> {
  switch (step.do) {
    case 'write': {
      const expected = Math.max(0, (model.objects.get(step.key)?.revision ?? 0) + step.stale);
      const type = expected === 0 ? 'create' : step.remove ? 'delete' : 'update';
      const write = { key: step.key, expect: expected, value: Buffer.from(step.value), type } as const;
      return expect(await resource.write(write)).toEqual(model.write(write));
    }
    case 'get':
      return expect(await resource.get(step.key)).toEqual(model.objects.get(step.key));
    case 'snapshot': {
      const objects = [...model.objects.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      return expect(await resource.snapshot()).toEqual({ revision: model.log.length, objects });
    }
    case 'range': {
      const { after, length } = step;
      return expect(await rangeOf(resource, after, after + length)).toEqual(model.range(after, after + length));
    }
    case 'compact': {
      const revision = model.log.length - step.back;
      model.oldest = Math.max(model.oldest, revision);
      return resource.compact(revision);
    }
  }
}

async function rangeOf(resource: ResourceStore, after: number, through: number): Promise<Change[] | 'compacted'> {
  try {
    return await resource.range(after, through);
  } catch (error) {
    if (error instanceof Compacted) return 'compacted';
    throw error;
  }
}
