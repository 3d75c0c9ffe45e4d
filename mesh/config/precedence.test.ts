import { expect, test } from 'vitest';
import type { AttachedRoute, MatchIr, PortIr, RuleIr } from '../ir/ir.ts';
import { translateService } from './translate.ts';

const prefix = (path: string, more: Partial<MatchIr> = {}): MatchIr => ({ path: { prefix: path }, headers: [], query: [], ...more });
const exact = (path: string): MatchIr => ({ path: { exact: path }, headers: [], query: [] });
const rule = (index: number, ...matches: MatchIr[]): RuleIr => ({ index, matches, backends: [] });
const route = (name: string, created: string, ...rules: RuleIr[]): AttachedRoute => ({ name, created, rules });

/** The rules' names in the order in which they are tried. */
function order(...routes: AttachedRoute[]): string[] {
  const port: PortIr = { number: 80, cluster: 'd/s:80', http: false, routes };
  const table = translateService({ name: 'd/s', addresses: ['127.0.0.1'], ports: [port], refused: [] })[1];
  if (table?.type !== 'routes') throw new Error('no table');
  return table.entries.map((entry) => table.rules[entry.rule]?.name ?? '');
}

const header = (...names: string[]): Partial<MatchIr> => ({ headers: names.map((name) => [name, '1']) });

test.each<[string, AttachedRoute[], string[]]>([
  ['an exact path before a longer prefix', [route('r', '', rule(0, prefix('/abcdef')), rule(1, exact('/a')))], ['r/1', 'r/0']],
  ['the longest prefix', [route('r', '', rule(0, prefix('/')), rule(1, prefix('/a/b')), rule(2, prefix('/a')))], ['r/1', 'r/2', 'r/0']],
  [
    'a method before headers',
    [route('r', '', rule(0, prefix('/', header('a', 'b'))), rule(1, prefix('/', { method: 'GET' })))],
    ['r/1', 'r/0'],
  ],
  ['more headers', [route('r', '', rule(0, prefix('/', header('a'))), rule(1, prefix('/', header('a', 'b'))))], ['r/1', 'r/0']],
  [
    'headers before query parameters',
    [route('r', '', rule(0, prefix('/', { query: [['q', '1']] })), rule(1, prefix('/', header('a'))))],
    ['r/1', 'r/0'],
  ],
  ['more query parameters', [route('r', '', rule(0, prefix('/')), rule(1, prefix('/', { query: [['q', '1']] })))], ['r/1', 'r/0']],
  ['the older route', [route('a', '2026-02', rule(0, prefix('/'))), route('b', '2026-01', rule(0, prefix('/')))], ['b/0', 'a/0']],
  ['of equal age the first name', [route('b', '2026', rule(0, prefix('/'))), route('a', '2026', rule(0, prefix('/')))], ['a/0', 'b/0']],
  ['in one route the first rule', [route('r', '', rule(0, prefix('/')), rule(1, prefix('/')))], ['r/0', 'r/1']],
  ['a specific match of a younger route', [route('a', '1', rule(0, prefix('/'))), route('b', '2', rule(0, prefix('/x')))], ['b/0', 'a/0']],
])('%s wins', (_, routes, expected) => {
  expect(order(...routes)).toEqual(expected);
});
