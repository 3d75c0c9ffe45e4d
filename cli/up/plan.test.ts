import { describe, expect, it } from 'vitest';
import { defaultsOf } from '../../types/part/flags.ts';
import { type UpOptions, upFlags } from './flags.ts';
import { planUp } from './plan.ts';

const table = Object.fromEntries(
  ['api', 'controllers', 'scheduler', 'nodes', 'mesh'].map((name) => [name, { about: '', flags: {}, processes: [name] }]),
);
const options = (over: Partial<UpOptions> = {}): UpOptions => ({ ...defaultsOf(upFlags), ...over });
const plan = (over: Partial<UpOptions>, given: string[] = []) => planUp(options(over), new Set(given), table);

describe('which parts an up starts', () => {
  it('all of them, in start order, with machines', () => {
    expect(plan({})).toEqual({ parts: ['api', 'controllers', 'scheduler', 'nodes', 'mesh'], ownApi: true, makesMachines: true });
  });
  it('those of --only, in start order whatever the order asked', () => {
    expect(plan({ only: ['scheduler', 'api'] })).toEqual({ parts: ['api', 'scheduler'], ownApi: true, makesMachines: false });
  });
  it('parts for another cluster', () => {
    expect(plan({ only: ['mesh'], kubeconfig: 'F' })).toEqual({ parts: ['mesh'], ownApi: false, makesMachines: false });
  });
});

describe('what can not be meant is refused, saying what is possible', () => {
  const cases: [name: string, over: Partial<UpOptions>, given: string[], message: RegExp][] = [
    ['a part that is not there', { only: ['apiserver'] }, [], /--only apiserver: there are api, controllers/],
    ['a kubeconfig beside an API of our own', { kubeconfig: 'F' }, [], /--kubeconfig is for parts without an API server/],
    ['no API and no kubeconfig', { only: ['scheduler'] }, [], /needs --kubeconfig FILE/],
    ['machines without anybody to run them', { only: ['api'], nodes: 3 }, ['nodes'], /--nodes needs the parts/],
  ];
  it.each(cases)('%s', (_name, over, given, message) => {
    expect(() => plan(over, given)).toThrow(message);
  });
});
