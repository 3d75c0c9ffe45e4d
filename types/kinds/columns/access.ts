/** The cells of RBAC, certificates, admission and aggregation. */
import type {
  V1APIService,
  V1CertificateSigningRequest,
  V1MutatingAdmissionPolicy,
  V1RoleBinding,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import { humanDuration } from '../../duration.ts';
import type { Wire } from '../../wire.ts';
import { ageOf, type Cells, NONE, nameOf, UNSET } from './common.ts';

export const roleBindingCells: Cells<Wire<V1RoleBinding>> = (object, now) => {
  const named = (kind: string) => (object.subjects ?? []).filter((s) => s.kind === kind);
  return [
    nameOf(object),
    `${object.roleRef.kind}/${object.roleRef.name}`,
    ageOf(object, now),
    named('User')
      .map((s) => s.name)
      .join(', '),
    named('Group')
      .map((s) => s.name)
      .join(', '),
    named('ServiceAccount')
      .map((s) => `${s.namespace}/${s.name}`)
      .join(', '),
  ];
};

export const signingRequestCells: Cells<Wire<V1CertificateSigningRequest>> = (object, now) => {
  const { spec } = object;
  return [
    nameOf(object),
    ageOf(object, now),
    spec.signerName || NONE,
    spec.username ?? '',
    spec.expirationSeconds === undefined ? NONE : humanDuration(spec.expirationSeconds * 1000),
    signingState(object),
  ];
};

function signingState({ status }: Wire<V1CertificateSigningRequest>): string {
  const has = (type: string) => status?.conditions?.some((c) => c.type === type);
  let text = has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending';
  if (has('Failed')) text += ',Failed';
  if (status?.certificate) text += ',Issued';
  return text;
}

export const webhooksCells: Cells<Wire<V1ValidatingWebhookConfiguration>> = (object, now) => [
  nameOf(object),
  object.webhooks?.length ?? 0,
  ageOf(object, now),
];

const paramKindText = (kind: { apiVersion?: string; kind?: string } | undefined) => (kind ? `${kind.apiVersion}/${kind.kind}` : UNSET);

export const validatingPolicyCells: Cells<Wire<V1ValidatingAdmissionPolicy>> = (object, now) => [
  nameOf(object),
  object.spec?.validations?.length ?? 0,
  paramKindText(object.spec?.paramKind),
  ageOf(object, now),
];

export const mutatingPolicyCells: Cells<Wire<V1MutatingAdmissionPolicy>> = (object, now) => [
  nameOf(object),
  object.spec?.mutations?.length ?? 0,
  paramKindText(object.spec?.paramKind),
  ageOf(object, now),
];

export const policyBindingCells: Cells<Wire<V1ValidatingAdmissionPolicyBinding>> = (object, now) => {
  const ref = object.spec?.paramRef;
  const text = !ref ? UNSET : ref.name ? `${ref.namespace || '*'}/${ref.name}` : UNSET;
  return [nameOf(object), object.spec?.policyName ?? '', text, ageOf(object, now)];
};

export const apiServiceCells: Cells<Wire<V1APIService>> = (object, now) => {
  const service = object.spec?.service;
  const available = object.status?.conditions?.find((c) => c.type === 'Available');
  const text = !available ? 'Unknown' : available.status === 'True' ? 'True' : `${available.status} (${available.reason})`;
  return [nameOf(object), service ? `${service.namespace}/${service.name}` : 'Local', text, ageOf(object, now)];
};
