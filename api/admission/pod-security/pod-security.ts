/** PodSecurity: a namespace's labels say which level of the Pod Security Standards its pods keep to (k8s.io/pod-security-admission). */
import type { AnyObject } from '../../../types/wire.ts';
import { forbidden, invalid } from '../../errors.ts';
import type { FieldError } from '../../kinds/strategy.ts';
import type { ObjectSource } from '../../watch/source.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import { BASELINE } from './baseline.ts';
import type { SecuredSpec, VersionedCheck } from './checks.ts';
import { REPLACED, RESTRICTED } from './restricted.ts';

const PREFIX = 'pod-security.kubernetes.io/';
const LEVELS = ['privileged', 'baseline', 'restricted'];
const MODES = ['enforce', 'audit', 'warn'];
const VERSION = /^(latest|v1\.(0|[1-9]\d*))$/;

export function podSecurity(source: ObjectSource): AdmissionStep {
  return {
    name: 'PodSecurity',
    validate: (request) => {
      if (request.operation === 'DELETE' || !request.object) return;
      if (request.kind.storage === 'namespaces') return checkLabels(request);
      const spec = request.namespace ? checkedSpec(request) : undefined;
      const labels = spec && source.get('namespaces', request.namespace)?.metadata?.labels;
      if (spec && labels) judge(request, spec, labels);
    },
  };
}

/** Pods when they are made, or get an ephemeral container; the templates of what makes pods. */
function checkedSpec({ operation, kind, subresource, object }: AdmissionRequest): SecuredSpec | undefined {
  if (kind.storage === 'pods') {
    const changes = operation === 'CREATE' ? subresource === '' : subresource === 'ephemeralcontainers';
    return changes ? (object?.spec as SecuredSpec) : undefined;
  }
  const path = subresource === '' ? TEMPLATES[kind.storage] : undefined;
  return path?.reduce<unknown>((at, key) => (at as AnyObject | undefined)?.[key], object) as SecuredSpec | undefined;
}

const TEMPLATE = ['spec', 'template', 'spec'];

const TEMPLATES: Record<string, string[]> = {
  'deployments.apps': TEMPLATE,
  'replicasets.apps': TEMPLATE,
  'statefulsets.apps': TEMPLATE,
  'daemonsets.apps': TEMPLATE,
  'jobs.batch': TEMPLATE,
  replicationcontrollers: TEMPLATE,
  podtemplates: ['template', 'spec'],
  'cronjobs.batch': ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** Pods alone are refused: what makes them is only warned of. */
function judge(request: AdmissionRequest, spec: SecuredSpec, labels: Record<string, string>): void {
  const { kind, name, warnings } = request;
  const enforced = kind.storage === 'pods' ? violation(spec, labels, 'enforce') : undefined;
  if (enforced) throw forbidden(kind, name, `violates PodSecurity ${enforced}`);
  const warned = violation(spec, labels, 'warn');
  if (warned) warnings.push(`would violate PodSecurity ${warned}`);
}

/** `"baseline:latest": host namespaces (hostNetwork=true)`; undefined: none. A label that says nothing known asks for the most. */
function violation(spec: SecuredSpec, labels: Record<string, string>, mode: string): string | undefined {
  const asked = labels[PREFIX + mode];
  // Who is not told otherwise is warned of what would be refused.
  if (asked === undefined) return mode === 'warn' ? violation(spec, labels, 'enforce') : undefined;
  const level = LEVELS.includes(asked) ? asked : 'restricted';
  const version = labels[`${PREFIX}${mode}-version`] ?? 'latest';
  const known = VERSION.test(version) ? version : 'latest';
  const minor = known === 'latest' ? Number.POSITIVE_INFINITY : Number(known.slice('v1.'.length));
  const faults = checksFor(level, minor).flatMap(({ check }) => check(spec) ?? []);
  return faults.length > 0 ? `"${level}:${known}": ${faults.join(', ')}` : undefined;
}

function checksFor(level: string, minor: number): VersionedCheck[] {
  if (level === 'privileged') return [];
  const inForce = (check: VersionedCheck | undefined) => check !== undefined && check.since <= minor;
  const restricted = level === 'restricted';
  const replaced = (id: string) => restricted && inForce(RESTRICTED[REPLACED[id] ?? '']);
  const baseline = Object.entries(BASELINE).filter(([id]) => !replaced(id));
  const all = [...baseline.map(([, check]) => check), ...(restricted ? Object.values(RESTRICTED) : [])];
  return all.filter(inForce);
}

function checkLabels({ kind, object, before, name, subresource }: AdmissionRequest): void {
  if (subresource !== '') return;
  const labels = object?.metadata?.labels ?? {};
  const old = before?.metadata?.labels ?? {};
  const faults: FieldError[] = [];
  const check = (label: string, holds: (value: string) => boolean, detail: string) => {
    const value = labels[label];
    if (value === undefined || value === old[label] || holds(value)) return;
    faults.push({ field: `metadata.labels[${label}]`, type: 'invalid', value, detail });
  };
  for (const mode of MODES) {
    check(PREFIX + mode, (value) => LEVELS.includes(value), `must be one of ${LEVELS.join(', ')}`);
    check(`${PREFIX}${mode}-version`, (value) => VERSION.test(value), 'must be "latest" or "v1.x"');
  }
  if (faults.length > 0) throw invalid(kind, name, faults);
}
