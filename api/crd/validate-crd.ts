/** What a CustomResourceDefinition has to be like (k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation), in the same words. */
import type { FieldError } from '../kinds/strategy.ts';
import { equal } from '../patch/value.ts';
import { type Crd, type CrdNames, type CrdVersion, crdStorage } from './definition.ts';
import { forbiddenField, invalidField, labelFaults, requiredField, subdomainFaults, unsupportedField } from './fault.ts';
import { validateSchema } from './validate-schema.ts';
import { validateColumns, validateSelectable, validateSubresources } from './validate-version.ts';

/** Of an object whose fields have the right types already. */
export function validateCrd(crd: Crd): FieldError[] {
  const { spec } = crd;
  const errors: FieldError[] = [];
  checkGroup(spec.group, errors);
  if (!spec.scope) errors.push(requiredField('spec.scope'));
  else if (!['Cluster', 'Namespaced'].includes(spec.scope))
    errors.push(unsupportedField('spec.scope', spec.scope, ['Cluster', 'Namespaced']));
  checkVersions(spec.versions, errors);
  checkNames(spec.names, errors);
  checkShared(crd, errors);
  checkConversion(crd, errors);
  checkStoredVersions(crd, errors);
  checkApproval(crd, errors);
  return errors;
}

/** Checked at creation alone, since neither part changes. */
export function nameFaults(crd: Crd): FieldError[] {
  const name = crd.metadata?.name ?? '';
  return name === crdStorage(crd) ? [] : [invalidField('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function checkGroup(group: string, errors: FieldError[]): void {
  if (!group) errors.push(requiredField('spec.group'));
  else if (subdomainFaults(group).length > 0) for (const why of subdomainFaults(group)) errors.push(invalidField('spec.group', group, why));
  else if (!group.includes('.')) errors.push(invalidField('spec.group', group, 'should be a domain with at least one dot'));
}

/** What is the same in all versions is moved to the top before it is checked; the paths in messages say so. */
const hoisted = (versions: CrdVersion[], field: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields') =>
  versions.every((version) => equal(version[field], versions[0]?.[field]));

function checkVersions(versions: CrdVersion[], errors: FieldError[]): void {
  const shown = () => versions.map((version) => internalForm(version, versions));
  for (const [i, version] of versions.entries()) {
    const at = `spec.versions[${i}]`;
    for (const why of labelFaults(version.name)) errors.push(invalidField(`${at}.name`, version.name, why));
    if (version.deprecationWarning && !version.deprecated) {
      errors.push(invalidField(`${at}.deprecationWarning`, version.deprecationWarning, 'can only be set for deprecated versions'));
    }
    const { openAPIV3Schema } = version.schema ?? {};
    if (!openAPIV3Schema) errors.push(requiredField(`${at}.schema.openAPIV3Schema`));
    else if (!hoisted(versions, 'schema')) validateSchema(openAPIV3Schema, `${at}.schema.openAPIV3Schema`, errors);
    if (!hoisted(versions, 'subresources')) validateSubresources(version, `${at}.subresources`, errors);
    if (!hoisted(versions, 'additionalPrinterColumns')) validateColumns(version, `${at}.additionalPrinterColumns`, errors);
    if (!hoisted(versions, 'selectableFields')) validateSelectable(version, `${at}.selectableFields`, errors);
  }
  if (new Set(versions.map((version) => version.name)).size < versions.length) {
    errors.push(invalidField('spec.versions', shown(), 'must contain unique version names'));
  }
  if (versions.filter((version) => version.storage).length !== 1) {
    errors.push(invalidField('spec.versions', shown(), 'must have exactly one version marked as storage version'));
  }
  const [first] = versions;
  if (first) for (const why of labelFaults(first.name)) errors.push(invalidField('spec.version', first.name, why));
}

/** As messages show a version: Go's field names, without what was moved to the top. */
function internalForm(version: CrdVersion, versions: CrdVersion[]): object {
  const own = (field: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields') =>
    hoisted(versions, field) ? null : (version[field] ?? null);
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: own('schema'),
    Subresources: own('subresources'),
    AdditionalPrinterColumns: own('additionalPrinterColumns'),
    SelectableFields: own('selectableFields'),
  };
}

function checkNames(names: CrdNames, errors: FieldError[]): void {
  const mixed = (field: string, text: string) => {
    for (const why of labelFaults(text.toLowerCase())) {
      errors.push(invalidField(`spec.names.${field}`, text, `may have mixed case, but should otherwise match: ${why}`));
    }
  };
  const lower = (field: string, text: string) => {
    for (const why of labelFaults(text)) errors.push(invalidField(`spec.names.${field}`, text, why));
  };
  if (!names.plural) errors.push(requiredField('spec.names.plural'));
  else lower('plural', names.plural);
  if (names.singular) lower('singular', names.singular);
  if (!names.kind) errors.push(requiredField('spec.names.kind'));
  else mixed('kind', names.kind);
  if (names.listKind) mixed('listKind', names.listKind);
  for (const [i, name] of (names.shortNames ?? []).entries()) lower(`shortNames[${i}]`, name);
  for (const [i, name] of (names.categories ?? []).entries()) lower(`categories[${i}]`, name);
  if (names.kind && names.kind === names.listKind) {
    errors.push(invalidField('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  }
}

function checkShared({ spec }: Crd, errors: FieldError[]): void {
  const [first] = spec.versions;
  if (!first) return;
  const schema = first.schema?.openAPIV3Schema;
  if (schema && hoisted(spec.versions, 'schema')) validateSchema(schema, 'spec.validation.openAPIV3Schema', errors);
  if (hoisted(spec.versions, 'subresources')) validateSubresources(first, 'spec.subresources', errors);
  if (hoisted(spec.versions, 'selectableFields')) validateSelectable(first, 'spec.selectableFields', errors);
  if (hoisted(spec.versions, 'additionalPrinterColumns')) validateColumns(first, 'spec.additionalPrinterColumns', errors);
}

function checkConversion({ spec }: Crd, errors: FieldError[]): void {
  const { strategy, webhook } = spec.conversion ?? {};
  const at = 'spec.conversion';
  if (!strategy) errors.push(requiredField(`${at}.strategy`));
  else if (!['None', 'Webhook'].includes(strategy)) errors.push(unsupportedField(`${at}.strategy`, strategy, ['None', 'Webhook']));
  if (strategy === 'Webhook') {
    if (!webhook?.clientConfig) errors.push(requiredField(`${at}.webhookClientConfig`, 'required when strategy is set to Webhook'));
    if (!webhook?.conversionReviewVersions?.length) errors.push(requiredField(`${at}.conversionReviewVersions`));
    return;
  }
  const why = 'should not be set when strategy is not set to Webhook';
  if (webhook?.clientConfig) errors.push(forbiddenField(`${at}.webhookClientConfig`, why));
  if (webhook?.conversionReviewVersions?.length) errors.push(forbiddenField(`${at}.conversionReviewVersions`, why));
}

function checkStoredVersions({ spec, status }: Crd, errors: FieldError[]): void {
  const stored = status?.storedVersions;
  const at = 'status.storedVersions';
  if (!stored?.length) {
    errors.push(invalidField(at, stored ?? null, 'must have at least one stored version'));
    return;
  }
  const missing = new Map(stored.map((name, i) => [name, i]));
  for (const { name, storage } of spec.versions) {
    if (storage && !missing.has(name)) errors.push(invalidField(at, stored, `must have the storage version ${name}`));
    missing.delete(name);
  }
  for (const [name, i] of missing) {
    const why = `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalidField(`${at}[${i}]`, name, why));
  }
}

const APPROVAL = 'api-approved.kubernetes.io';

/** Groups of Kubernetes itself need a word from its community. */
function checkApproval({ metadata, spec }: Crd, errors: FieldError[]): void {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group)) return;
  const value = metadata?.annotations?.[APPROVAL];
  const field = `metadata.annotations[${APPROVAL}]`;
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  if (!value) errors.push(requiredField(field, `protected groups must have approval annotation "${APPROVAL}", ${see}`));
  else if (!value.startsWith('unapproved') && !URL.canParse(value)) {
    const why = `protected groups must have approval annotation "${APPROVAL}" with either a URL or a reason starting with "unapproved", ${see}`;
    errors.push(invalidField(field, value, why));
  }
}
