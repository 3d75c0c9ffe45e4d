/**
 * The recorded cases that this server answers differently, and why. A case that fails and is not here is a loss: `npm run conformance` fails.
 * By area and name.
 */

export interface Known {
  /** `choice`: different on purpose, and stays so. `missing`: not done yet. `chance`: it may pass or fail, by a choice of ours. */
  because: 'choice' | 'missing' | 'chance';
  /** For the reader of docs/conformance.md. */
  reason: string;
}

const choice = (reason: string): Known => ({ because: 'choice', reason });
const missing = (reason: string): Known => ({ because: 'missing', reason });
const chance = (reason: string): Known => ({ because: 'chance', reason });

/** Not in the table, since it can be any case: an object has the number of an earlier one. */
export const SAME_REVISION = chance(
  'revisions are counted per resource, so that objects of two kinds may have the same one; the case expects all to differ',
);

const PATCH_ECHO = choice('the message echoes the patched object; its fields come in another order');
const GO_VALUE = choice('the message shows a value of the API; Kubernetes shows its internal Go form');
const GO_DIFF = choice('Kubernetes appends a diff of its internal Go form to the message');
const PRIVILEGED = choice('privileged containers are allowed, as under --allow-privileged=true');
const WEBHOOKS = missing('admission webhooks are stored, not called');
const PROTOBUF = missing('answers are JSON and YAML; protobuf is read, not written');

export const KNOWN: Record<string, Record<string, Known>> = {
  admission: {
    'pod security: baseline enforced': PRIVILEGED,
    'pod security: ephemeral containers are checked': PRIVILEGED,
    'webhook unreachable: Fail and dry run': WEBHOOKS,
    'webhook configuration validation': WEBHOOKS,
  },
  crud: {
    'lifecycle of batch/v1 Job': GO_VALUE,
  },
  delete: { 'bad delete options': choice('Kubernetes names a source file of its own in the message') },
  discovery: { '/version and /healthz family': choice('the version says whose server it is: v1.36.2+kumulus') },
  events: { 'lease micro times are normalised': PATCH_ECHO },
  http: { '406 not acceptable': PROTOBUF, 'accept: yaml and protobuf content types': PROTOBUF },
  patch: { 'json: result has the wrong type': PATCH_ECHO, 'merge: wrong types': PATCH_ECHO },
  rbac: {
    'system namespaces and objects at start': missing('there is no priority and fairness, hence none of its objects'),
  },
  subresources: { 'ephemeral containers': GO_DIFF },
  tables: { 'accept with fallbacks': PROTOBUF },
  validation: {
    'unknown and duplicate fields together in strict YAML': choice(
      'a key that is there twice is refused in every YAML body, before its values are looked at',
    ),
    'unknown fields in patches': PATCH_ECHO,
    'pvc spec is immutable after creation': GO_DIFF,
    'bad security context': PRIVILEGED,
    'job immutable fields': GO_VALUE,
  },
};
