import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Heap } from './heap.ts';

it('a heap gives what is left in order, whatever was taken out of it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.nat()), (values, removals) => {
      const heap = new Heap<{ value: number; heapIndex: number }>((a, b) => a.value < b.value);
      const items = values.map((value) => ({ value, heapIndex: -1 }));
      for (const item of items) heap.push(item);
      for (const at of removals) {
        const [item] = items.splice(at % Math.max(1, items.length), 1);
        if (item) heap.remove(item);
      }
      const out: number[] = [];
      for (let item = heap.pop(); item; item = heap.pop()) out.push(item.value);
      expect(out).toEqual(items.map((item) => item.value).sort((a, b) => a - b));
    }),
  );
});
