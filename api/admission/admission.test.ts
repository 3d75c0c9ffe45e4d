import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Body } from '../testing/ask.ts';
import { startTestApi, type TestApi } from '../testing.ts';

let api: TestApi;

beforeAll(async () => {
  api = await startTestApi({ flags: { 'disable-admission-plugins': ['ServiceAccount'] } });
});

afterAll(async () => {
  await api?.stop();
});

const GROUP = '/apis/admissionregistration.k8s.io/v1';

async function namespace(name: string, labels: Record<string, string> = {}): Promise<string> {
  await ask(api, 'POST', '/api/v1/namespaces', { metadata: { name, labels } });
  return `/api/v1/namespaces/${name}`;
}

/** Asks until the answer is as it should be: policies and limits are followed, not read at each request. */
async function until(holds: (answer: Body) => boolean, question: () => Promise<Body>): Promise<Body> {
  for (;;) {
    const answer = await question();
    if (holds(answer)) return answer;
    await new Promise((resolve) => process.nextTick(resolve));
  }
}

const pod = (name: string, container: object = {}, spec: object = {}) => ({
  metadata: { name },
  spec: { containers: [{ name: 'c', image: 'busybox', ...container }], ...spec },
});

const about = (name: string, resource: string, group = '') => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  resourceRules: [{ apiGroups: [group], apiVersions: ['*'], operations: ['CREATE', 'UPDATE'], resources: [resource] }],
});

describe('policies', () => {
  test('conditions, variables and a computed message', async () => {
    const path = await namespace('vap');
    const spec = {
      matchConstraints: about('vap', 'configmaps'),
      matchConditions: [{ name: 'not-exempt', expression: '!object.metadata.name.startsWith("free-")' }],
      variables: [
        { name: 'keys', expression: 'has(object.data) ? object.data.map(k, k) : []' },
        { name: 'count', expression: 'size(variables.keys)' },
      ],
      validations: [{ expression: 'variables.count <= 1', messageExpression: '"%d keys".format([variables.count])', reason: 'Forbidden' }],
    };
    expect(await ask(api, 'POST', `${GROUP}/validatingadmissionpolicies`, { metadata: { name: 'keys' }, spec })).toMatchObject({
      status: 201,
    });
    const binding = { metadata: { name: 'keys' }, spec: { policyName: 'keys', validationActions: ['Deny'] } };
    expect(await ask(api, 'POST', `${GROUP}/validatingadmissionpolicybindings`, binding)).toMatchObject({ status: 201 });
    const create = (name: string) => ask(api, 'POST', `${path}/configmaps?dryRun=All`, { metadata: { name }, data: { a: '1', b: '2' } });
    const refused = await until(
      ({ status }) => status !== 201,
      () => create('two'),
    );
    expect(refused).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
    expect(refused.body.message).toContain("ValidatingAdmissionPolicy 'keys' with binding 'keys' denied request: 2 keys");
    expect(await create('free-two')).toMatchObject({ status: 201 });
  });

  test('what does not compile is refused when it is made', async () => {
    const spec = { matchConstraints: about('x', 'pods'), validations: [{ expression: 'variables.nope == 1' }, { expression: '1' }] };
    const { status, body } = await ask(api, 'POST', `${GROUP}/validatingadmissionpolicies`, { metadata: { name: 'bad' }, spec });
    expect(status).toBe(422);
    expect(body.message).toContain("undefined field 'nope'");
    expect(body.message).toContain('must evaluate to bool but got int');
  });

  test('mutations are merged and defaulted, and each sees the one before', async () => {
    const path = await namespace('map');
    const spec = {
      matchConstraints: about('map', 'pods'),
      reinvocationPolicy: 'Never',
      mutations: [
        {
          patchType: 'ApplyConfiguration',
          applyConfiguration: {
            expression:
              'Object{spec: Object.spec{containers: [Object.spec.containers{name: "c", env: [Object.spec.containers.env{name: "A", value: "1"}]}]}}',
          },
        },
        {
          patchType: 'JSONPatch',
          jsonPatch: {
            expression: '[JSONPatch{op: "add", path: "/metadata/labels", value: {"env": string(size(object.spec.containers[0].env))}}]',
          },
        },
      ],
    };
    expect(await ask(api, 'POST', `${GROUP}/mutatingadmissionpolicies`, { metadata: { name: 'env' }, spec })).toMatchObject({
      status: 201,
    });
    await ask(api, 'POST', `${GROUP}/mutatingadmissionpolicybindings`, { metadata: { name: 'env' }, spec: { policyName: 'env' } });
    const { body } = await until(
      (answer) => answer.body.metadata.labels !== undefined,
      () => ask(api, 'POST', `${path}/pods?dryRun=All`, pod('p')),
    );
    expect(body.metadata.labels).toEqual({ env: '1' });
    expect(body.spec.containers[0]).toMatchObject({ image: 'busybox', env: [{ name: 'A', value: '1' }], imagePullPolicy: 'Always' });
  });
});

describe('amounts', () => {
  test('of the last places of a quota, each is taken once', async () => {
    const path = await namespace('quota');
    await ask(api, 'POST', `${path}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard: { configmaps: '5' } } });
    const status = { status: { hard: { configmaps: '5' }, used: { configmaps: '0' } } };
    await ask(api, 'PATCH', `${path}/resourcequotas/q/status`, status, { 'content-type': 'application/merge-patch+json' });
    const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
    await until(
      (answer) => answer.body.items[0].status.used !== undefined,
      () => ask(api, 'GET', `${path}/resourcequotas`),
    );
    const answers = await Promise.all(names.map((name) => ask(api, 'POST', `${path}/configmaps`, { metadata: { name } })));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(5);
    expect(answers.find((answer) => answer.status === 403)?.body.message).toContain(
      'exceeded quota: q, requested: configmaps=1, used: configmaps=5, limited: configmaps=5',
    );
    const { body } = await ask(api, 'GET', `${path}/resourcequotas/q`);
    expect(body.status.used).toEqual({ configmaps: '5' });
  });

  test('a LimitRange fills in and holds to', async () => {
    const path = await namespace('limits');
    const limit = { type: 'Container', default: { cpu: '500m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } };
    await ask(api, 'POST', `${path}/limitranges`, { metadata: { name: 'l' }, spec: { limits: [limit] } });
    const { body } = await until(
      (answer) => answer.body.metadata?.annotations !== undefined,
      () => ask(api, 'POST', `${path}/pods?dryRun=All`, pod('p')),
    );
    expect(body.spec.containers[0].resources).toEqual({ limits: { cpu: '500m' }, requests: { cpu: '100m' } });
    expect(body.metadata.annotations['kubernetes.io/limit-ranger']).toBe(
      'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    );
    const refused = await ask(api, 'POST', `${path}/pods?dryRun=All`, pod('p', { resources: { limits: { cpu: '2' } } }));
    expect(refused.body.message).toContain('maximum cpu usage per Container is 1, but limit is 2');
  });
});

describe('pod security', () => {
  test('pods are refused, what makes them is warned of', async () => {
    const path = await namespace('secure', { 'pod-security.kubernetes.io/enforce': 'baseline' });
    const refused = await ask(api, 'POST', `${path}/pods`, pod('p', {}, { hostPID: true }));
    expect(refused).toMatchObject({ status: 403 });
    expect(refused.body.message).toBe('pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)');
    const template = { metadata: { labels: { a: 'b' } }, spec: pod('', {}, { hostPID: true }).spec };
    const deployment = { metadata: { name: 'd' }, spec: { selector: { matchLabels: { a: 'b' } }, template } };
    const made = await ask(api, 'POST', '/apis/apps/v1/namespaces/secure/deployments', deployment);
    expect(made.status).toBe(201);
    expect(made.headers.warning).toContain('would violate PodSecurity');
  });
});
