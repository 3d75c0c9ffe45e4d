/** Every verb of kubectl, as its users type it: what it does and what it says. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cloud } from './cloud.ts';
import { Terminal } from './terminal.ts';

const APP = `apiVersion: apps/v1
kind: Deployment
metadata: { name: app, labels: { set: app } }
spec:
  replicas: 1
  selector: { matchLabels: { app: app } }
  template:
    metadata: { labels: { app: app } }
    spec: { containers: [{ name: c, image: "nginx:1" }] }
`;
const CONF = `apiVersion: v1
kind: ConfigMap
metadata: { name: conf, labels: { set: app } }
data: { a: "1" }
`;
const ROLE = `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: { name: reader, namespace: qa }
rules: [{ apiGroups: [""], resources: [services], verbs: [get] }]
`;
/** A request of /CN=ann for an elliptic key that nobody has any more. */
const REQUEST = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlISk1IQUNBUUF3RGpFTU1Bb0dBMVVFQXd3RFlXNXVNRmt3RXdZSEtvWkl6aj',
  'BDQVFZSUtvWkl6ajBEQVFjRApRZ0FFYjJtWllTS28wcys3dmxZdWw2UHR5SFBUMEt3blE2UWpzVzVuUWhsZjFoUkMxeVhFaEhyUzRxeHR4TmtI',
  'CjdlcEcrMUMva1BnV3NsZWh0cmxJYi96dzBLQUFNQW9HQ0NxR1NNNDlCQU1DQTBrQU1FWUNJUURXcW13OW9KNEkKVXhRNUR1VVVrTFhpd2hQRX',
  'VRck1WOXZyeDNYYmV3Q01kQUloQUtaRCt2RE90a3hrVGhNZW1qZ0JnWDhzajNJRwpVWU9tMk9zdEN5MnNYaUI4Ci0tLS0tRU5EIENFUlRJRklD',
  'QVRFIFJFUVVFU1QtLS0tLQo=',
].join('');
const SIGN = `apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: ann }
spec: { request: ${REQUEST}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth] }
`;
const KUSTOMIZATION = `resources: [app.yaml]
namePrefix: k-
images: [{ name: nginx, newTag: "9" }]
configMapGenerator: [{ name: gen, literals: [x=y] }]
`;

/** Two watches in the background, changes until both have seen one, then what they printed. */
const WATCH = `kubectl get configmap cm -w --output-watch-events > seen & first=$!
kubectl get configmap cm --watch-only -o name > only & second=$!
until grep -q MODIFIED seen && grep -q cm only; do kubectl annotate configmap cm --overwrite seen=$RANDOM > log || exit; done
kill $first $second; cat seen only`;

describe('kubectl', () => {
  let cloud: Cloud;
  let user: Terminal;
  beforeAll(async () => {
    cloud = await Cloud.start(['--nodes', '3']);
    user = await Terminal.open(cloud, 'qa');
    user.file('app.yaml', APP);
    user.file('app-2.yaml', APP.replace('nginx:1', 'nginx:2'));
    user.file('conf.yaml', CONF);
    user.file('role.yaml', ROLE);
    user.file('sign.yaml', SIGN);
    user.file('kustomize/app.yaml', APP);
    user.file('kustomize/kustomization.yaml', KUSTOMIZATION);
  });
  afterAll(() => cloud?.stop());

  it('looks around', async () => {
    await user.steps([
      ['kubectl version', /Server Version: .*v1\.36\.\d+/],
      ['kubectl cluster-info', /Kubernetes control plane.* is running at .*https:\/\/127\.0\.0\.1:/],
      ['kubectl api-versions', /^apps\/v1$/m],
      ['kubectl api-resources', /^deployments +deploy +apps\/v1 +true +Deployment$/m],
      ['kubectl api-resources --namespaced=false -o name', /^nodes$/m],
      [
        'kubectl api-resources --api-group=batch --verbs=watch -o wide',
        /^cronjobs +cj .*create,delete,deletecollection,get,list,patch,update,watch/m,
      ],
      ['kubectl explain deployment.spec.strategy', 'FIELD: strategy <DeploymentStrategy>'],
      ['kubectl explain pod --recursive', /^ {6}livenessProbe\t<Probe>$/m],
      ['kubectl config view --minify', 'namespace: qa'],
      ['kubectl get namespaces', /^kube-system +Active/m],
      ['kubectl get nodes -o wide', /Ready .* 127\.\d+\.\d+\.\d+ /],
      ['kubectl get --raw /readyz', 'ok'],
      ['kubectl get --raw "/livez?verbose"', 'livez check passed'],
      ['kubectl get --raw /api/v1/namespaces/default', '"kind":"Namespace"'],
      ['kubectl auth whoami', /Username +kubernetes-admin/],
    ]);
  });

  it('creates with every generator', async () => {
    await user.steps([
      ['kubectl create deployment web --image=nginx:1.27 --replicas=2 --port=80', 'deployment.apps/web created'],
      ['kubectl create configmap cm --from-literal=a=b --from-file=app.yaml', 'configmap/cm created'],
      ['kubectl create secret generic password --from-literal=p=x', 'secret/password created'],
      ['kubectl create secret docker-registry reg --docker-server=r --docker-username=u --docker-password=p', 'secret/reg created'],
      ['kubectl create service clusterip plain --tcp=80:8080', 'service/plain created'],
      ['kubectl create service nodeport port --tcp=80:8080', 'service/port created'],
      ['kubectl create service loadbalancer lb --tcp=80:8080', 'service/lb created'],
      ['kubectl create service externalname ext --external-name=example.com', 'service/ext created'],
      ['kubectl create serviceaccount robot', 'serviceaccount/robot created'],
      ['kubectl create token robot --duration=10m', /^ey[\w-]+\.[\w-]+\.[\w-]+$/m],
      ['kubectl create role reader --verb=get,list --resource=pods', 'role.rbac.authorization.k8s.io/reader created'],
      ['kubectl create rolebinding reads --role=reader --serviceaccount=qa:robot', 'rolebinding.rbac.authorization.k8s.io/reads created'],
      ['kubectl create clusterrole looker --verb=get --resource=nodes', 'clusterrole.rbac.authorization.k8s.io/looker created'],
      [
        'kubectl create clusterrolebinding looks --clusterrole=looker --user=bob',
        'clusterrolebinding.rbac.authorization.k8s.io/looks created',
      ],
      ['kubectl create quota quota --hard=pods=50,services=20', 'resourcequota/quota created'],
      ['kubectl create job once --image=busybox -- date', 'job.batch/once created'],
      ['kubectl create cronjob often --image=busybox --schedule="*/5 * * * *" -- date', 'cronjob.batch/often created'],
      ['kubectl create job now --from=cronjob/often', 'job.batch/now created'],
      ['kubectl create ingress way --rule="foo.com/bar=plain:80"', 'ingress.networking.k8s.io/way created'],
      ['kubectl create poddisruptionbudget budget --selector=app=web --min-available=1', 'poddisruptionbudget.policy/budget created'],
      ['kubectl create priorityclass first --value=1000 --description=first', 'priorityclass.scheduling.k8s.io/first created'],
      ['kubectl run solo --image=nginx:1.27 --labels=run=solo,tier=a', 'pod/solo created'],
      ['kubectl expose deployment web --port=80', 'service/web exposed'],
      ['kubectl create deployment dry --image=x --dry-run=client -o yaml', 'kind: Deployment'],
      ['kubectl create deployment dry --image=x --dry-run=server', 'deployment.apps/dry created (server dry run)'],
      ['kubectl rollout status deployment/web --timeout=30s', 'successfully rolled out'],
      ['kubectl wait pod/solo --for=condition=Ready --timeout=30s', 'pod/solo condition met'],
    ]);
  });

  it('gets in every form', async () => {
    const names = /web-\w+-\w{5}/;
    await user.steps([
      ['kubectl get all', /pod\/solo +1\/1 +Running +0 +\d+s$/m],
      ['kubectl get pods -o wide', /solo +1\/1 +Running +0 +\d+s +127\.\S+ +default-\w{5} +<none> +<none>$/m],
      ['kubectl get pod solo -o yaml', /^ {2}phase: Running$/m],
      ['kubectl get pod solo -o json', '"phase": "Running"'],
      ['kubectl get pods -o name', /^pod\/solo$/m],
      ["kubectl get pods -o jsonpath='{.items[*].metadata.name}'", names],
      ['kubectl get pods -o custom-columns=NAME:.metadata.name,IP:.status.podIP', /^solo +127\./m],
      ["kubectl get pods -o go-template='{{range .items}}{{.metadata.name}} {{end}}'", names],
      ['kubectl get pods -L app', /STATUS +RESTARTS +AGE +APP\n.*web$/ms],
      ['kubectl get pods --show-labels', /solo .* run=solo,tier=a$/m],
      ['kubectl get pods -l "app in (web),!tier" --no-headers', /^web-.*\nweb-.*\n$/],
      ['kubectl get pods --field-selector=metadata.name=solo,status.phase=Running --no-headers', /^solo .*\n$/],
      ['kubectl get pods --chunk-size=1 --no-headers', /^solo.*\nweb-.*\nweb-.*\n/m],
      ['kubectl get services --sort-by=.metadata.name -o name', /ext\n.*lb\n.*plain\n.*port\n.*web\n/],
      ['kubectl get service web port', /port +NodePort +127\.\S+ +<none> +80:3\d{4}\/TCP/],
      ['kubectl get deployment web --subresource=status', /web +2\/2 +2 +2/],
      ['kubectl get deployment web --subresource=scale -o yaml', 'kind: Scale'],
      ['kubectl get pods -A --ignore-not-found', 'qa'],
      ['kubectl get pod nobody --ignore-not-found', /^$/],
      ['kubectl get -f conf.yaml --ignore-not-found', /^$/],
    ]);
  });

  it('watches a change', async () => {
    const seen = await user.ok(WATCH);
    expect(seen).toMatch(/^ADDED +cm +2.*^MODIFIED +cm +2.*^configmap\/cm$/ms);
  });

  it('describes', async () => {
    await user.steps([
      ['kubectl describe pod solo', /Normal +Scheduled +.* default-scheduler +Successfully assigned qa\/solo to default-/],
      ['kubectl describe node', /Non-terminated Pods: +\(\d+ in total\)/],
      ['kubectl describe deployment web', /NewReplicaSet: +web-\w+ \(2\/2 replicas created\)/],
      ['kubectl describe service web', /Endpoints: +127\.\S+:80,127\.\S+:80/],
      ['kubectl describe namespace qa', /Resource Quotas\n +Name: +quota/],
      ['kubectl describe -l run=solo pods', /Service Account: +default/],
      ['kubectl events --for deployment/web', 'ScalingReplicaSet'],
      ['kubectl get events --field-selector=involvedObject.name=solo', 'Successfully assigned qa/solo'],
    ]);
  });

  it('applies, compares, replaces and edits files', async () => {
    await user.steps([
      ['kubectl apply -f app.yaml -f conf.yaml --dry-run=client', 'deployment.apps/app created (dry run)'],
      ['kubectl apply -f app.yaml -f conf.yaml --dry-run=server', 'configmap/conf created (server dry run)'],
      ['kubectl apply -f app.yaml -f conf.yaml', 'deployment.apps/app created\nconfigmap/conf created'],
      ['kubectl apply -f app.yaml -f conf.yaml', 'deployment.apps/app unchanged\nconfigmap/conf unchanged'],
      ['kubectl diff -f app.yaml', /^$/],
      ['kubectl diff -f app-2.yaml || [ $? = 1 ]', /^\+ +- image: nginx:2$/m],
      ['kubectl apply -f app-2.yaml', 'deployment.apps/app configured'],
      ['kubectl apply view-last-applied deployment/app', 'image: nginx:2'],
      ['kubectl apply -f app-2.yaml --prune -l set=app', 'configmap/conf pruned'],
      ['kubectl apply -f conf.yaml --server-side', 'configmap/conf serverside-applied'],
      ['kubectl get configmap conf --show-managed-fields -o yaml', /manager: kubectl\n.*operation: Apply/s],
      ['kubectl apply -k kustomize', /configmap\/k-gen-\w+ created\ndeployment.apps\/k-app created/],
      ['kubectl get deployment k-app -o wide', /c +nginx:9 +app=app/],
      ['kubectl delete -k kustomize', 'deployment.apps "k-app" deleted'],
      ['kubectl replace -f app.yaml', 'deployment.apps/app replaced'],
      ['kubectl replace --force -f app.yaml', 'deployment.apps "app" deleted'],
      ['EDITOR="sed -i s/nginx:1/nginx:3/" kubectl edit deployment app', 'deployment.apps/app edited'],
      ['EDITOR=true kubectl edit deployment app', 'Edit cancelled, no changes made.'],
      ["kubectl get deployment app -o jsonpath='{..image}'", 'nginx:3'],
    ]);
  });

  it('changes what is there', async () => {
    await user.steps([
      ['kubectl label pod solo tier=b --overwrite', 'pod/solo labeled'],
      ['kubectl label pod solo tier-', 'pod/solo unlabeled'],
      ['kubectl annotate pod solo note=x', /pod\/solo annotated?/],
      [`kubectl patch deployment web -p '{"spec":{"replicas":3}}'`, 'deployment.apps/web patched'],
      [`kubectl patch deployment web -p '{"spec":{"replicas":3}}'`, 'patched (no change)'],
      [`kubectl patch deployment web --type=merge -p '{"spec":{"replicas":2}}'`, 'deployment.apps/web patched'],
      [`kubectl patch deployment web --type=json -p '[{"op":"replace","path":"/spec/replicas","value":3}]'`, 'deployment.apps/web patched'],
      [
        `kubectl patch node $(kubectl get nodes -o name | head -1 | cut -d/ -f2) --subresource=status --type=merge -p '{"status":{"capacity":{"example.com/gpu":"2"}}}'`,
        'patched',
      ],
      ['kubectl set image deployment/web nginx=nginx:1.28', 'deployment.apps/web image updated'],
      ['kubectl set env deployment/web A=b', 'deployment.apps/web env updated'],
      ['kubectl set resources deployment/web --limits=cpu=200m,memory=64Mi', 'resource requirements updated'],
      ['kubectl set serviceaccount deployment/web robot', 'serviceaccount updated'],
      ['kubectl set selector service/plain app=web', 'service/plain selector updated'],
      ['kubectl set subject rolebinding/reads --user=bob', 'subjects updated'],
      ['kubectl scale deployment web --replicas=4 --current-replicas=3', 'deployment.apps/web scaled'],
      ['kubectl autoscale deployment web --min=1 --max=5 --cpu-percent=50', 'horizontalpodautoscaler.autoscaling/web autoscaled'],
      ['kubectl get hpa web', /Deployment\/web +cpu: <unknown>\/50% +1 +5/],
      ['kubectl rollout status deployment/web --timeout=30s', 'successfully rolled out'],
    ]);
  });

  it('rolls out and back', async () => {
    await user.steps([
      ['kubectl rollout history deployment/web', /^REVISION +CHANGE-CAUSE\n1 /m],
      ['kubectl rollout history deployment/web --revision=2', /Image:\s+nginx:1\.28/],
      ['kubectl rollout undo deployment/web --to-revision=1', 'deployment.apps/web rolled back'],
      ['kubectl rollout status deployment/web --timeout=30s', 'successfully rolled out'],
      ["kubectl get deployment web -o jsonpath='{..image}'", /^nginx:1\.27$/],
      ['kubectl rollout restart deployment/web', 'deployment.apps/web restarted'],
      ['kubectl rollout pause deployment/web', 'deployment.apps/web paused'],
      ['kubectl rollout resume deployment/web', 'deployment.apps/web resumed'],
      ['kubectl rollout status deployment/web --timeout=30s', 'successfully rolled out'],
      ["kubectl wait deployment/web --for=jsonpath='{.status.readyReplicas}'=4 --timeout=30s", 'condition met'],
      ['kubectl wait deployment/web --for=condition=Available --timeout=5s', 'condition met'],
    ]);
  });

  it('asks who may do what', async () => {
    await user.steps([
      ['kubectl auth can-i create pods', /^yes$/m],
      ['kubectl auth can-i list pods --as=system:serviceaccount:qa:robot', /^yes$/m],
      ['kubectl auth can-i get pods --subresource=log --as=bob || true', /^no$/m],
      ['kubectl auth can-i --list --as=bob', /^pods +\[\] +\[\] +\[get list\]$/m],
      ['kubectl auth reconcile -f role.yaml', /reader reconciled\n\treconciliation required update\n\tmissing rules added:/],
      ['kubectl get pods --as=bob -o name', 'pod/solo'],
      ['kubectl create -f sign.yaml', 'certificatesigningrequest.certificates.k8s.io/ann created'],
      ['kubectl get csr ann', /kubernetes-admin +<none> +Pending$/m],
      ['kubectl certificate approve ann', 'certificatesigningrequest.certificates.k8s.io/ann approved'],
      ['kubectl get csr ann', /Approved/],
      ['kubectl delete csr ann', 'deleted'],
    ]);
    await user.refused([
      ['kubectl auth can-i delete pods --as=bob', /^no$/m],
      [
        'kubectl get pods --as=eve',
        'Error from server (Forbidden): pods is forbidden: User "eve" cannot list resource "pods" in API group "" in the namespace "qa"',
      ],
    ]);
  });

  it('keeps pods off machines', async () => {
    const node = (await user.ok('kubectl get pods -l app=web -o jsonpath="{.items[0].spec.nodeName}"')).trim();
    await user.steps([
      [`kubectl cordon ${node}`, `node/${node} cordoned`],
      [`kubectl get node ${node}`, 'Ready,SchedulingDisabled'],
      [`kubectl uncordon ${node}`, `node/${node} uncordoned`],
      [`kubectl taint node ${node} a=b:NoSchedule`, `node/${node} tainted`],
      [`kubectl taint node ${node} a:NoSchedule-`, `node/${node} untainted`],
      ['kubectl get pdb budget', /^budget +1 +N\/A +3 /m],
      [`kubectl drain ${node} --force --ignore-daemonsets --timeout=30s`, `node/${node} drained`],
      [`kubectl uncordon ${node}`, `node/${node} uncordoned`],
    ]);
  });

  it('deletes', async () => {
    await user.steps([
      ['kubectl run gone --image=nginx', 'pod/gone created'],
      ['kubectl delete pod gone --wait=false', 'pod "gone" deleted'],
      ['kubectl wait pod/gone --for=delete --timeout=30s', /^$|condition met/],
      ['kubectl delete deployment app --cascade=orphan', 'deployment.apps "app" deleted'],
      ['kubectl get replicasets -l app=app', 'app-'],
      ['kubectl delete replicasets -l app=app --cascade=foreground', 'replicaset.apps "app-'],
      ['kubectl get pods -l app=app', 'No resources found in qa namespace.'],
      ['kubectl delete pods -l app=web --grace-period=0 --force', /pod "web-\S+" force deleted/],
      ['kubectl delete services --all', 'service "web" deleted'],
      ['kubectl delete all --all --wait=false', 'deployment.apps "web" deleted'],
      ['kubectl delete namespace qa --timeout=30s', 'namespace "qa" deleted'],
      ['kubectl delete clusterrole/looker clusterrolebinding/looks priorityclass/first', 'priorityclass.scheduling.k8s.io "first" deleted'],
    ]);
    expect(await user.fails('kubectl get namespace qa')).toContain('Error from server (NotFound): namespaces "qa" not found');
  });
});
