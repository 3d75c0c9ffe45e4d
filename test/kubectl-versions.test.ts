/** One walk through the verbs with each version of kubectl that this machine has; custom kinds with the usual one. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud } from './cloud.ts';
import { otherVersions, Terminal } from './terminal.ts';

const versions = otherVersions();

/** Supported versions of which a file has to be there for its walk. */
const WANTED = ['1.27', '1.28', '1.29', '1.30', '1.31', '1.32', '1.33'];

const CRD = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: boats.sea.example.com }
spec:
  group: sea.example.com
  scope: Namespaced
  names: { plural: boats, singular: boat, kind: Boat, shortNames: [bo], categories: [all] }
  versions:
    - name: v1
      served: true
      storage: true
      subresources: { status: {}, scale: { specReplicasPath: .spec.oars, statusReplicasPath: .status.oars } }
      additionalPrinterColumns:
        - { name: Oars, type: integer, jsonPath: .spec.oars }
        - { name: Age, type: date, jsonPath: .metadata.creationTimestamp }
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [oars]
              properties:
                oars: { type: integer, minimum: 1, maximum: 8, description: how many row }
                name: { type: string, default: Bounty, enum: [Bounty, Argo] }
            status: { type: object, properties: { oars: { type: integer } } }
`;
const boat = (spec: string) => `apiVersion: sea.example.com/v1\nkind: Boat\nmetadata: { name: one }\nspec: ${spec}\n`;
const CONF = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf }\ndata: { a: "1" }\n';

describe('versions of kubectl', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.start(['--nodes', '2']);
  });
  afterAll(() => cloud?.stop());

  it.each(WANTED)('%s', async (version) => {
    const found = versions.find((v) => v.version === version);
    if (!found) return void process.stderr.write(`kubectl ${version} is not on this machine: skipped\n`);
    const user = await Terminal.open(cloud, `v${version.replace('.', '-')}`, found.file);
    user.file('conf.yaml', CONF);
    user.file('conf-2.yaml', CONF.replace('"1"', '"2"'));
    await user.steps([
      ['kubectl version --client -o json', `"gitVersion": "v${version}.`],
      ['kubectl api-resources', /^deployments +deploy +apps\/v1 +true +Deployment$/m],
      ['kubectl explain deployment.spec.replicas', 'replicas <integer>'],
      ['kubectl create deployment web --image=nginx:1 --replicas=2 --port=80', 'deployment.apps/web created'],
      ['kubectl expose deployment web', 'service/web exposed'],
      ['kubectl rollout status deployment/web --timeout=30s', 'successfully rolled out'],
      ['kubectl get pods -l app=web', /^web-\S+ +1\/1 +Running/m],
      ['kubectl describe deployment web', '2 desired | 2 updated | 2 total | 2 available'],
      ['kubectl apply -f conf.yaml', 'configmap/conf created'],
      ['kubectl diff -f conf-2.yaml || [ $? = 1 ]', /^\+ +a: "2"$/m],
      ['kubectl apply -f conf-2.yaml --dry-run=server', 'configmap/conf configured (server dry run)'],
      ['kubectl apply -f conf-2.yaml --server-side --force-conflicts', 'configmap/conf serverside-applied'],
      [`kubectl patch configmap conf -p '{"data":{"b":"3"}}'`, 'configmap/conf patched'],
      ['kubectl label configmap conf x=y', 'configmap/conf labeled'],
      ['EDITOR="sed -i s/b:/c:/" kubectl edit configmap conf', 'configmap/conf edited'],
      ['kubectl get configmap conf -o jsonpath={.data.c}', /^3$/],
      ['kubectl set image deployment/web nginx=nginx:2', 'image updated'],
      ['kubectl rollout status deployment/web --timeout=30s', 'successfully rolled out'],
      ['kubectl rollout undo deployment/web', 'rolled back'],
      ['kubectl scale deployment web --replicas=1', 'scaled'],
      ['kubectl wait deployment/web --for=jsonpath={.status.replicas}=1 --timeout=30s', 'condition met'],
      ['kubectl events --for deployment/web', 'ScalingReplicaSet'],
      ['kubectl auth can-i get pods', 'yes'],
      ['kubectl delete deployment web --cascade=foreground', 'deployment.apps "web" deleted'],
    ]);
    await user.refused([
      ['kubectl create -f conf.yaml', 'configmaps "conf" already exists'],
      ['sed s/data/dat/ conf.yaml | kubectl create -f -', 'unknown field "dat"'],
      ['kubectl get pod nobody', 'Error from server (NotFound): pods "nobody" not found'],
    ]);
  });

  it('serve custom kinds', async () => {
    const user = await Terminal.open(cloud, 'sea');
    user.file('crd.yaml', CRD);
    user.file('one.yaml', boat('{ oars: 2 }'));
    user.file('more.yaml', boat('{ oars: 3 }'));
    await user.steps([
      ['kubectl apply -f crd.yaml', 'customresourcedefinition.apiextensions.k8s.io/boats.sea.example.com created'],
      ['kubectl wait crd/boats.sea.example.com --for=condition=Established --timeout=10s', 'condition met'],
      ['kubectl api-resources --api-group=sea.example.com', /^boats +bo +sea.example.com\/v1 +true +Boat$/m],
      ['kubectl explain boat.spec.oars', 'how many row'],
      ['kubectl apply -f one.yaml', 'boat.sea.example.com/one created'],
      ['kubectl apply -f one.yaml', 'boat.sea.example.com/one unchanged'],
      ['kubectl get bo', /^NAME +OARS +AGE\none +2 +\d+s$/m],
      ['kubectl get boat one -o jsonpath={.spec.name}', /^Bounty$/],
      ['kubectl diff -f more.yaml || [ $? = 1 ]', /^\+ +oars: 3$/m],
      ['kubectl apply -f more.yaml --server-side --force-conflicts', 'boat.sea.example.com/one serverside-applied'],
      ['kubectl scale boat one --replicas=5', 'boat.sea.example.com/one scaled'],
      [`kubectl patch boat one --type=merge -p '{"spec":{"oars":6}}'`, 'boat.sea.example.com/one patched'],
      [`kubectl patch boat one --subresource=status --type=merge -p '{"status":{"oars":6}}'`, 'boat.sea.example.com/one patched'],
      ['kubectl wait boat/one --for=jsonpath={.status.oars}=6 --timeout=5s', 'condition met'],
      ['kubectl get all', /^boat.sea.example.com\/one +6 +\d+s$/m],
      ['kubectl describe boat one', /Oars: +6/],
    ]);
    expect(await user.fails('kubectl apply -f -', boat('{ oars: 9 }'))).toContain(
      'The Boat "one" is invalid: spec.oars: Invalid value: 9: spec.oars in body should be less than or equal to 8',
    );
    expect(await user.fails('kubectl apply -f -', boat('{ oars: x }'))).toContain('spec.oars in body must be of type integer: "string"');
    expect(await user.fails('kubectl apply -f -', boat('{ oars: 2, nane: Argo }'))).toContain(
      'strict decoding error: unknown field "spec.nane"',
    );
    await user.steps([
      ['kubectl delete boat --all', 'boat.sea.example.com "one" deleted'],
      ['kubectl delete crd boats.sea.example.com', 'deleted'],
    ]);
    await user.refused([['kubectl get boats', 'the server could not find the requested resource']]);
  });
});
