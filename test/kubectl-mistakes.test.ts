/** What users get wrong, and what this cloud does not serve: each with the words that Kubernetes has for it, or by name. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud } from './cloud.ts';
import { Terminal } from './terminal.ts';

const LABEL = "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?'";

describe('kubectl, told wrong things', () => {
  let cloud: Cloud;
  let user: Terminal;
  beforeAll(async () => {
    cloud = await Cloud.start(['--nodes', '2']);
    user = await Terminal.open(cloud, 'qa');
    await user.ok('kubectl run solo --image=nginx && kubectl wait pod/solo --for=condition=Ready --timeout=30s');
    await user.ok('kubectl create service nodeport port --tcp=80:80 --node-port=31000');
    await user.ok('kubectl create deployment web --image=nginx --port=80');
  });
  afterAll(() => cloud?.stop());

  /** A manifest, and what `kubectl apply` says about it. */
  const manifests: [name: string, yaml: string, says: string][] = [
    [
      'YAML with an open bracket',
      'kind: ConfigMap\nmetadata: { name: x\ndata: ',
      'error converting YAML to JSON: yaml: line 2: did not find expected',
    ],
    ['YAML with a tab', 'kind: ConfigMap\nmetadata:\n\tname: x', 'yaml: line 3: found character that cannot start any token'],
    ['no apiVersion', 'kind: ConfigMap\nmetadata: { name: x }', 'error validating data: apiVersion not set'],
    ['no kind', 'apiVersion: v1\nmetadata: { name: x }', 'error validating data: kind not set'],
    [
      'an apiVersion of old',
      'apiVersion: apps/v1beta1\nkind: Deployment\nmetadata: { name: x }',
      'resource mapping not found for name: "x" namespace: "" from "STDIN": no matches for kind "Deployment" in version "apps/v1beta1"\nensure CRDs are installed first',
    ],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {}', 'resource name may not be empty'],
    [
      'a misspelt field',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { contaners: [{ name: c, image: x }] }',
      'Error from server (BadRequest): error when creating "STDIN": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.contaners"',
    ],
    [
      'a number for a text',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\ndata: { a: 1 }',
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'a text for a number',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec: { replicas: two }',
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'a name with capitals',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: BadName }',
      'The ConfigMap "BadName" is invalid: metadata.name: Invalid value: "BadName": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters',
    ],
    [
      'an invalid label',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, labels: { "a b": c } }',
      'metadata.labels: Invalid value: "a b": name part must consist of alphanumeric characters',
    ],
    [
      'a namespace that is not there',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x, namespace: nowhere }',
      'Error from server (NotFound): error when creating "STDIN": namespaces "nowhere" not found',
    ],
    [
      'a pod without containers',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [] }',
      'The Pod "x" is invalid: spec.containers: Required value',
    ],
    [
      'a container with no image, a bad name and a bad port',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [{ name: C_, ports: [{ containerPort: 99999 }] }] }',
      'spec.containers[0].ports[0].containerPort: Invalid value: 99999: must be between 1 and 65535, inclusive',
    ],
    [
      'a quantity that is none',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [{ name: c, image: x, resources: { limits: { memory: 5Q } } }] }',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'a request above the limit',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [{ name: c, image: x, resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }] }',
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      'a selector that does not match the template',
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\nspec:\n  selector: { matchLabels: { app: x } }\n  template: { metadata: { labels: { app: z } }, spec: { containers: [{ name: c, image: x }] } }',
      'spec.template.metadata.labels: Invalid value: {"app":"z"}: `selector` does not match template `labels`',
    ],
    [
      'a node port that is taken',
      'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { type: NodePort, ports: [{ port: 80, nodePort: 31000 }] }',
      'spec.ports[0].nodePort: Invalid value: 31000: provided port is already allocated',
    ],
    [
      'a node port out of range',
      'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { type: NodePort, ports: [{ port: 80, nodePort: 80 }] }',
      'provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'ports without names',
      'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { ports: [{ port: 80 }, { port: 81 }] }',
      '* spec.ports[1].name: Required value',
    ],
    [
      'the same port twice',
      'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { ports: [{ name: a, port: 80 }, { name: b, port: 80 }] }',
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
    [
      'a pool of a negative number of machines',
      'apiVersion: cloud.kumulus.dev/v1alpha1\nkind: MachinePool\nmetadata: { name: x }\nspec: { replicas: -1, className: large }',
      'The MachinePool "x" is invalid: spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0',
    ],
    [
      'a schedule of three fields',
      'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: x }\nspec: { schedule: "* * *", jobTemplate: { spec: { template: { spec: { restartPolicy: Always, containers: [{ name: c, image: x }] } } } } }',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
  ];
  it.each(manifests)('%s', async (_name, yaml, says) => {
    expect(await user.fails('kubectl apply -f -', yaml)).toContain(says);
  });

  it('changes what may not change', async () => {
    await user.refused([
      [
        `kubectl patch deployment web -p '{"spec":{"selector":{"matchLabels":{"q":"r"}}}}'`,
        'spec.selector: Invalid value: {"matchLabels":{"app":"web","q":"r"}}: field is immutable',
      ],
      [
        `kubectl patch pod solo -p '{"spec":{"hostNetwork":true}}'`,
        'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
      ],
      [
        'kubectl create job once --image=x && kubectl patch job once -p \'{"spec":{"completions":5}}\'',
        'The Job "once" is invalid: spec.completions: Invalid value: 5: field is immutable',
      ],
      [
        `kubectl create rolebinding rb --role=a --user=b && kubectl patch rolebinding rb -p '{"roleRef":{"name":"c"}}'`,
        'cannot change roleRef',
      ],
      [`kubectl patch service port -p '{"spec":{"clusterIP":"127.0.0.9"}}'`, 'may not change once set'],
      [
        `kubectl patch deployment web -p '{"spec":{"replicas":"x"}}'`,
        'cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
      ],
      [`kubectl patch deployment web --type=json -p '[{"op":"test","path":"/spec/replicas","value":7}]'`, 'The request is invalid'],
      [`kubectl patch deployment web -p '{'`, 'Error from server (BadRequest)'],
      ['EDITOR="sed -i s/replicas:/repliks:/" kubectl edit deployment web', 'error: deployments.apps "web" is invalid'],
      ['kubectl scale deployment web --replicas=4 --current-replicas=9', 'error: Expected replicas to be 9, was 1'],
      ['kubectl label pod solo run=other', "error: 'run' already has a value (solo), and --overwrite is false"],
      ['kubectl label pod solo "a b=c"', 'The Pod "solo" is invalid: metadata.labels: Invalid value: "a b"'],
      [
        'kubectl delete namespace default',
        'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted',
      ],
    ]);
  });

  it('names what is not there', async () => {
    await user.refused([
      ['kubectl get pod a b', 'Error from server (NotFound): pods "a" not found\nError from server (NotFound): pods "b" not found'],
      ['kubectl delete deployment nope', 'Error from server (NotFound): deployments.apps "nope" not found'],
      ['kubectl get nopes', 'error: the server doesn\'t have a resource type "nopes"'],
      ['kubectl get --raw /nope', 'Error from server (NotFound): the server could not find the requested resource'],
      ['kubectl explain pod.nope', 'error: field "nope" does not exist'],
      ['kubectl create configmap x -n nope', 'error: failed to create configmap: namespaces "nope" not found'],
      ['kubectl create token nope', 'error: failed to create token: serviceaccounts "nope" not found'],
      ['kubectl rollout undo deployment/web --to-revision=99', 'error: unable to find specified revision 99 in history'],
      ['kubectl set image deployment/web nope=x', 'error: unable to find container named "nope"'],
      ['kubectl certificate approve nope', 'certificatesigningrequests.certificates.k8s.io "nope" not found'],
      ['kubectl wait pod/solo --for=condition=Nope --timeout=1s', 'error: timed out waiting for the condition on pods/solo'],
      ['kubectl get pods --field-selector=nope=x', 'field label not supported: nope'],
      ['kubectl get pods -l "a in b"', "unable to parse requirement: found 'b' expected: '('"],
    ]);
    expect(await user.ok('kubectl get pods -n nope')).toContain('No resources found in nope namespace.');
  });

  it('names what it can not make', async () => {
    await user.refused([
      ['kubectl run Bad --image=x', `spec.containers[0].name: Invalid value: "Bad"`],
      ['kubectl create namespace Bad_NS', LABEL],
      ['kubectl create deployment web --image=x', 'error: failed to create deployment: deployments.apps "web" already exists'],
      ['kubectl create deployment x --image=x --replicas=-1', 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
      ['kubectl create quota q --hard=pods=-1', 'spec.hard[pods]: Invalid value: "-1": must be greater than or equal to 0'],
      ['kubectl expose pod solo', "error: couldn't find port via --port flag or introspection"],
      [
        'head -c 1200000 /dev/zero | tr "\\0" a > big; kubectl create configmap big --from-file=big',
        'ConfigMap "big" is invalid: []: Too long: may not be more than 1048576 bytes',
      ],
      [
        'kubectl create configmap big --from-file=big --dry-run=client -o yaml | kubectl apply -f -',
        'metadata.annotations: Too long: may not be more than 262144 bytes',
      ],
      ['cat big big big > bigger; kubectl create configmap big --from-file=bigger', 'Request entity too large: limit is 3145728'],
    ]);
  });

  it('takes nothing new in a namespace that ends', async () => {
    await user.steps([
      ['kubectl create namespace doomed', 'created'],
      ['kubectl create configmap stuck -n doomed', 'created'],
      [`kubectl patch configmap stuck -n doomed -p '{"metadata":{"finalizers":["a.b/c"]}}'`, 'patched'],
      ['kubectl delete namespace doomed --wait=false', 'namespace "doomed" deleted'],
      ['kubectl get namespace doomed', /^doomed +Terminating/m],
      ['kubectl wait namespace/doomed --for=condition=NamespaceFinalizersRemaining --timeout=10s', 'condition met'],
    ]);
    expect(await user.fails('kubectl create configmap x -n doomed')).toContain(
      'configmaps "x" is forbidden: unable to create new content in namespace doomed because it is being terminated',
    );
    await user.steps([
      [`kubectl patch configmap stuck -n doomed --type=merge -p '{"metadata":{"finalizers":null}}'`, 'patched'],
      ['kubectl wait namespace/doomed --for=delete --timeout=10s', /^$|condition met/],
    ]);
  });

  it('a service that selects nothing has no endpoints', async () => {
    await user.steps([
      ['kubectl create service clusterip empty --tcp=80', 'service/empty created'],
      ["kubectl get endpointslices -l kubernetes.io/service-name=empty -o jsonpath='{.items[0].endpoints}'", /^(null|<nil>)?$/],
    ]);
  });

  it('says by name what it does not serve', async () => {
    const says = (what: string) => `this server does not serve ${what} yet`;
    await user.refused([
      ['kubectl logs solo', `Error from server (NotImplemented): ${says('pods/log')}`],
      ['kubectl exec solo -- ls', says('pods/exec')],
      ['kubectl attach solo', says('pods/attach')],
      ['timeout 10 kubectl port-forward pod/solo :80', says('pods/portforward')],
      ['kubectl cp big solo:/tmp/x', says('pods/exec')],
      ['kubectl get --raw /api/v1/namespaces/qa/services/port/proxy/', says('services/proxy')],
      ['kubectl get --raw /api/v1/namespaces/qa/pods/solo/proxy/', says('pods/proxy')],
      ['kubectl get --raw "/api/v1/nodes/$(kubectl get nodes -o name | head -1 | cut -d/ -f2)/proxy/"', says('nodes/proxy')],
      ['kubectl top pods', 'error: Metrics API not available'],
      ['kubectl top nodes', 'error: Metrics API not available'],
    ]);
    // It adds the container, which never runs: there's nothing of a machine's to attach to.
    expect(await user.ok('kubectl debug solo --image=busybox --container=dbg --attach=false')).not.toContain('rror');
    expect(await user.ok("kubectl get pod solo -o jsonpath='{.spec.ephemeralContainers[*].name}'")).toBe('dbg');
  });
});
