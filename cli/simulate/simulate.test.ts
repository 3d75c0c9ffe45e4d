import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const KUMULUS = join(import.meta.dirname, '..', 'kumulus.ts');
const STATE = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: a}, status: {allocatable: {cpu: "4", memory: 8Gi, pods: "110"}}}
- {apiVersion: cloud.kumulus.dev/v1alpha1, kind: MachineClass, metadata: {name: small}, spec: {capacity: {cpu: 2, memory: 8Gi}, pricePerHour: "0.1"}}
`;
const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 5
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: nginx, resources: {requests: {cpu: 1}}}]}
`;

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'simulate-'));
  await Promise.all([writeFile(join(dir, 'state.yaml'), STATE), writeFile(join(dir, 'web.yaml'), MANIFEST)]);
});
afterAll(() => rm(dir, { recursive: true }));

function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [KUMULUS, 'simulate', ...args], { cwd: dir }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

describe('kumulus simulate', () => {
  it('places manifests on the state of a file, as text and as JSON', async () => {
    const { code, out } = await run('--state', 'state.yaml', '-f', 'web.yaml');
    expect(code).toBe(0);
    expect(out).toContain('4 pods placed, 1 refused, 0 preempted.');
    expect(out).toContain('0/1 nodes are available: 1 Insufficient cpu.');
    const json = await run('--state', 'state.yaml', '-f', 'web.yaml', '-o', 'json');
    expect(JSON.parse(json.out).simulation.placed).toHaveLength(4);
  });

  it('says how many more fit, and the cheapest machines', async () => {
    const { out } = await run('--state', 'state.yaml', '--fit', 'web.yaml');
    expect(out).toContain('0 more copies of 5 pods each fit; then: 0/1 nodes are available: 1 Insufficient cpu.');
    const cheapest = await run('--state', 'state.yaml', '-f', 'web.yaml', '--cheapest');
    expect(cheapest.out).toContain('3 machines, 0.300 per hour; nothing better exists.');
  });

  it.each([
    [['--state', 'none.yaml'], 1, "none.yaml can't be read"],
    [['--state', 'state.yaml', '--lose-node', 'x'], 1, 'there is no node x to lose'],
    [['--state', 'state.yaml', '--classes', 'small'], 2, '--classes is for --fewest-machines or --cheapest'],
    [['--state', 'state.yaml', '--scheduler-config', 'web.yaml'], 2, 'the scheduler configuration is a Deployment'],
    [['--data-dir', 'nowhere'], 1, 'name a cluster with --kubeconfig FILE or --data-dir DIR'],
  ])('refuses %j', async (args, code, message) => {
    const answer = await run(...args);
    expect(answer.err).toContain(message);
    expect(answer.code).toBe(code);
  });
});
