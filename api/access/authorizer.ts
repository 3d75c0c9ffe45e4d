/** RBAC: what the stored roles and bindings allow. Decisions are kept until one of these changes. */
import type { ObjectSource } from '../watch/source.ts';
import { type Attributes, denial } from './attributes.ts';
import { type Bindings, createBindings, type Grant } from './bindings.ts';
import type { Subject } from './rbac-objects.ts';
import { type PolicyRule, ruleMatches } from './rules.ts';
import { MASTERS, type UserInfo } from './user.ts';

export interface Decision {
  allowed: boolean;
  /** Of a refusal: the words of the 403 message. Of a permission: the binding that gives it. */
  reason: string;
  /** What RBAC alone has to say: the binding, roles that are missing, or nothing. Access reviews show this. */
  detail: string;
}

export interface Authorizer {
  authorize(user: UserInfo, attributes: Attributes): Decision;
  /** Every rule that holds for a user in a namespace (empty: cluster-wide ones alone), and the roles that are missing. */
  rulesFor(user: UserInfo, namespace: string): { rules: PolicyRule[]; errors: string[] };
  bindings: Bindings;
  /** Resolves when decisions rest on the stored roles and bindings; before, all but system:masters are refused. */
  whenSynced(): Promise<void>;
  close(): void;
}

/** The answers for one user and one kind of request, by the name of the object. */
interface Answers {
  any: string | undefined;
  named: Map<string, string> | undefined;
  missing: string;
}

/** The number of different requests of one user whose answers are kept. */
const MAX_ANSWERS = 5_000;

export function createAuthorizer(source: ObjectSource): Authorizer {
  const bindings = createBindings(source);
  // Users are shared objects, one for each connection or token, so that this forgets those that are gone.
  let known = new WeakMap<UserInfo, Map<string, Answers>>();
  bindings.onChange(() => {
    known = new WeakMap();
  });

  const answersFor = (user: UserInfo, attributes: Attributes): Answers => {
    let ofUser = known.get(user);
    if (!ofUser || ofUser.size >= MAX_ANSWERS) {
      ofUser = new Map();
      known.set(user, ofUser);
    }
    const key = keyOf(attributes);
    const before = ofUser.get(key);
    if (before) return before;
    const answers = evaluate(bindings.grantsFor(user, attributes.isResource ? attributes.namespace : ''), attributes);
    ofUser.set(key, answers);
    return answers;
  };

  return {
    authorize: (user, attributes) => {
      if (user.groups.includes(MASTERS)) return { allowed: true, reason: '', detail: '' };
      const answers = answersFor(user, attributes);
      const allowed = answers.any ?? answers.named?.get(attributes.name);
      if (allowed !== undefined) return { allowed: true, reason: allowed, detail: allowed };
      const words = denial(user, attributes);
      return { allowed: false, reason: answers.missing ? `${words}: ${answers.missing}` : words, detail: answers.missing };
    },
    rulesFor: (user, namespace) => {
      const grants = bindings.grantsFor(user, namespace);
      return { rules: grants.flatMap((grant) => grant.rules), errors: grants.flatMap((grant) => grant.missing ?? []) };
    },
    bindings,
    whenSynced: bindings.whenSynced,
    close: bindings.close,
  };
}

const keyOf = (a: Attributes) =>
  a.isResource ? `${a.verb} ${a.group}/${a.resource}/${a.subresource} ${a.namespace}` : `${a.verb} ${a.path}`;

function evaluate(grants: readonly Grant[], attributes: Attributes): Answers {
  const answers: Answers = { any: undefined, named: undefined, missing: missingText(grants) };
  for (const grant of grants) {
    for (const rule of grant.rules) {
      if (!ruleMatches(rule, attributes)) continue;
      const text = `RBAC: allowed by ${describeGrant(grant)}`;
      if (!attributes.isResource || !rule.resourceNames?.length) {
        answers.any ??= text;
        return answers;
      }
      answers.named ??= new Map();
      for (const name of rule.resourceNames) if (!answers.named.has(name)) answers.named.set(name, text);
    }
  }
  return answers;
}

function missingText(grants: readonly Grant[]): string {
  const texts = [...new Set(grants.flatMap((grant) => grant.missing ?? []))];
  if (texts.length === 0) return '';
  return `RBAC: ${texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`}`;
}

/** `RoleBinding "rb/ns" of Role "r" to User "alice"` */
function describeGrant({ binding, subject }: Grant): string {
  const { name = '', namespace } = binding.metadata ?? {};
  const which = namespace ? `RoleBinding "${name}/${namespace}"` : `ClusterRoleBinding "${name}"`;
  return `${which} of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${describeSubject(subject, namespace)}`;
}

function describeSubject(subject: Subject, bindingNamespace: string | undefined): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind} ${JSON.stringify(subject.name)}`;
  return `ServiceAccount ${JSON.stringify(`${subject.name}/${subject.namespace || bindingNamespace || ''}`)}`;
}
