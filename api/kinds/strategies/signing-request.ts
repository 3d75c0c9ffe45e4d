/** CertificateSigningRequests: what is asked for never changes, who asks is filled in by admission, and only signers and approvers add to it. */
import type { V1CertificateSigningRequest } from '@kubernetes/client-node';
import type { Wire } from '../../../types/wire.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../field-error.ts';
import type { FieldError, Strategy } from '../strategy.ts';
import { restore } from './generic.ts';

type Request = Wire<V1CertificateSigningRequest>;

const USAGES = [
  ...['any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only'],
  ...['digital signature', 'email protection', 'encipher only', 'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement'],
  ...['key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping'],
];
const SHORTEST_SECONDS = 600;
/** Conditions that the approval subresource alone adds. */
const DECISIONS = ['Approved', 'Denied'];
const LASTING = [...DECISIONS, 'Failed'];

export const signingRequestStrategy: Strategy = {
  prepareForUpdate: (object, before) => restore(object, before, 'spec'),
  subresources: {
    approval: {
      prepare(object, before) {
        const { conditions } = (object as Request).status ?? {};
        const old = (before as Request).status;
        restore(object, before, 'spec');
        (object as Request).status = conditions ? { ...old, conditions } : { ...old, conditions: undefined };
      },
      validate: (object, before) => removedFaults(object as Request, before as Request),
    },
  },
  validate: (object) => specFaults(object as Request),
  validateStatusUpdate: (object, before) => [
    ...conditionFaults(object as Request, before as Request),
    ...certificateFaults(object as Request, before as Request),
  ],
};

function specFaults({ spec }: Request): FieldError[] {
  const faults: FieldError[] = [];
  if (!spec?.request) faults.push(required('spec.request'));
  else if (!pemTypes(spec.request).includes('CERTIFICATE REQUEST')) {
    faults.push(invalid('spec.request', spec.request, 'PEM block type must be CERTIFICATE REQUEST'));
  }
  if (!spec?.usages?.length) faults.push(required('spec.usages'));
  const seen = new Set<string>();
  for (const [i, usage] of (spec?.usages ?? []).entries()) {
    if (!USAGES.includes(usage)) faults.push(notSupported(`spec.usages[${i}]`, usage, USAGES));
    else if (seen.has(usage)) faults.push(duplicate(`spec.usages[${i}]`, usage));
    seen.add(usage);
  }
  const seconds = spec?.expirationSeconds;
  if (seconds !== undefined && seconds < SHORTEST_SECONDS) {
    const detail = `may not specify a duration less than ${SHORTEST_SECONDS} seconds (10 minutes)`;
    faults.push(invalid('spec.expirationSeconds', seconds, detail));
  }
  return [...faults, ...signerFaults(spec?.signerName ?? '')];
}

function signerFaults(name: string): FieldError[] {
  const at = 'spec.signerName';
  if (name === '') return [required(at)];
  if (name === 'kubernetes.io/legacy-unknown') return [invalid(at, name, 'the legacy signerName is not allowed via this API version')];
  const good = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+\/[^/]+$/.test(name);
  return good ? [] : [invalid(at, name, "must be a fully qualified domain and path of the form 'example.com/signer-name'")];
}

function pemTypes(base64: string): string[] {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  return [...text.matchAll(/-----BEGIN ([A-Z ]+)-----/g)].map((m) => m[1] ?? '');
}

const has = (of: Request['status'], type: string) => of?.conditions?.some((c) => c.type === type) ?? false;

function removedFaults({ status }: Request, { status: old }: Request): FieldError[] {
  return LASTING.filter((type) => has(old, type) && !has(status, type)).map((type) =>
    forbidden('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`),
  );
}

function conditionFaults({ status }: Request, { status: old }: Request): FieldError[] {
  const faults = removedFaults({ status } as Request, { status: old } as Request);
  for (const type of DECISIONS) {
    if (!has(old, type) && has(status, type)) {
      faults.push(forbidden('status.conditions', `updates may not add a condition of type ${JSON.stringify(type)}`));
    }
  }
  return faults;
}

function certificateFaults({ status }: Request, { status: old }: Request): FieldError[] {
  const certificate = status?.certificate;
  if (!certificate) return [];
  const at = 'status.certificate';
  const shown = '<certificate data>';
  if (old?.certificate && old.certificate !== certificate) return [forbidden(at, 'updates may not set certificate content once it is set')];
  return pemTypes(certificate).includes('CERTIFICATE') ? [] : [invalid(at, shown, 'must contain at least one CERTIFICATE PEM block')];
}
