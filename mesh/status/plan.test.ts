import { expect, test } from 'vitest';
import type { HTTPRoute, RouteParentStatus } from '../gateway/types.ts';
import type { RouteIr } from '../ir/ir.ts';
import type { Progress } from '../push/server.ts';
import { CONTROLLER_NAME, planStatus } from './plan.ts';

const ref = { group: '', kind: 'Service', name: 'web' };
const accepted = { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'm' } as const;
const ir: RouteIr = {
  name: 'd/r',
  created: '',
  rules: [],
  parents: [{ ref, service: 'd/web', ports: [80], verdicts: [accepted] }],
};
const route = (parents?: RouteParentStatus[], generation = 1): HTTPRoute => ({
  metadata: { name: 'r', namespace: 'd', generation },
  ...(parents && { status: { parents } }),
});
const at =
  (progress: Partial<Progress>, problems: string[] = []) =>
  () => ({
    progress: [{ version: 'abc', taken: 1, proxies: 1, ...progress }],
    problems,
  });
const programmed = (parents: RouteParentStatus[] | undefined) => parents?.[0]?.conditions.find(({ type }) => type === 'Programmed');

test.each([
  ['acknowledged', at({}), 'True', 'Programmed', 'version abc acknowledged by 1 proxy'],
  ['acknowledged by two', at({ taken: 2, proxies: 2 }), 'True', 'Programmed', 'version abc acknowledged by 2 proxies'],
  ['not yet', at({ taken: 0 }), 'False', 'Pending', 'version abc has not been acknowledged yet'],
  ['refused', at({ taken: 0, refused: 'bad' }), 'False', 'Invalid', 'version abc was refused, the last good one stays: bad'],
  ['no proxy', at({ taken: 0, proxies: 0 }), 'False', 'NoProxy', 'no proxy is connected'],
  ['no address', at({}, ['127.0.0.1:80: taken']), 'False', 'AddressNotUsable', '127.0.0.1:80: taken'],
])('%s', (_, programming, status, reason, message) => {
  expect(programmed(planStatus(route(), ir, programming, 'now'))).toEqual({
    type: 'Programmed',
    status,
    reason,
    message,
    observedGeneration: 1,
    lastTransitionTime: 'now',
  });
});

test('a status that says so already is not written', () => {
  const parents = planStatus(route(), ir, at({}), 'then');
  expect(planStatus(route(parents), ir, at({}), 'now')).toBeUndefined();
  expect(planStatus(route(), undefined, at({}), 'now')).toBeUndefined();
});

test('a condition is dated when its status changes, and not when its message does', () => {
  const before = planStatus(route(), ir, at({}), 'then');
  expect(programmed(planStatus(route(before, 2), ir, at({ version: 'def' }), 'now'))).toMatchObject({
    lastTransitionTime: 'then',
    observedGeneration: 2,
  });
  expect(programmed(planStatus(route(before), ir, at({ taken: 0 }), 'now'))).toMatchObject({ lastTransitionTime: 'now', status: 'False' });
});

test('the entries of other controllers stay, and ours go with the parent', () => {
  const other: RouteParentStatus = { parentRef: { kind: 'Gateway', name: 'g' }, controllerName: 'example.com/other', conditions: [] };
  const ours = planStatus(route([other]), ir, at({}), 'now');
  expect(ours?.map(({ controllerName }) => controllerName)).toEqual(['example.com/other', CONTROLLER_NAME]);
  expect(planStatus(route(ours), undefined, at({}), 'now')).toEqual([other]);
});
