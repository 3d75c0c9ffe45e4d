import { expect, test } from 'vitest';
import { compileJsonPath } from './jsonpath.ts';
import { cellsFromPaths } from './kinds/columns/from-paths.ts';

const object = {
  metadata: { name: 'a', annotations: { 'example.com/x': 'y' } },
  spec: { n: 3, list: ['p', 'q', 'r'] },
  status: {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Other', status: 'False' },
    ],
  },
};

test.each([
  ['.metadata.name', ['a']],
  ['{.metadata.name}', ['a']],
  ['.metadata.annotations.example\\.com/x', ['y']],
  [".metadata.annotations['example.com/x']", ['y']],
  ['.spec.list[0]', ['p']],
  ['.spec.list[-1]', ['r']],
  ['.spec.list[0:2]', ['p', 'q']],
  ['.spec.list[*]', ['p', 'q', 'r']],
  ['.spec.list[0,2]', ['p', 'r']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  ['.status.conditions[?(@.status!="True")].type', ['Other']],
  ['.spec.missing.deeper', []],
  ['..type', ['Ready', 'Other']],
])('%s finds %j', (path, found) => expect(compileJsonPath(path)(object)).toEqual(found));

test('a cell is null where its value is missing or of another type', () => {
  const column = (type: 'string' | 'integer' | 'date') => ({ name: '', type, format: '', description: '', priority: 0 });
  const cells = cellsFromPaths(
    [column('string'), column('integer'), column('integer'), column('date'), column('string')],
    ['.spec.list', '.spec.n', '.metadata.name', '.spec.n', '.nope'],
  );
  expect(cells(object, 0)).toEqual(['["p","q","r"]', 3, null, null, null]);
});
