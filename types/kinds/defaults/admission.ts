/** Defaults of webhooks and admission policies. */
import type {
  V1MatchResources,
  V1MutatingWebhook,
  V1MutatingWebhookConfiguration,
  V1RuleWithOperations,
  V1ValidatingAdmissionPolicy,
  V1ValidatingAdmissionPolicyBinding,
  V1ValidatingWebhook,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node';
import type { Wire } from '../../wire.ts';

type Rules = Pick<Wire<V1RuleWithOperations>, 'scope'>[] | undefined;

function defaultRules(rules: Rules): void {
  for (const rule of rules ?? []) rule.scope ??= '*';
}

function defaultWebhook(webhook: Wire<V1ValidatingWebhook | V1MutatingWebhook>): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  if (webhook.clientConfig?.service) webhook.clientConfig.service.port ??= 443;
  defaultRules(webhook.rules);
}

export function defaultValidatingWebhooks(object: Wire<V1ValidatingWebhookConfiguration>): void {
  for (const webhook of object.webhooks ?? []) defaultWebhook(webhook);
}

export function defaultMutatingWebhooks(object: Wire<V1MutatingWebhookConfiguration>): void {
  for (const webhook of object.webhooks ?? []) {
    defaultWebhook(webhook);
    webhook.reinvocationPolicy ??= 'Never';
  }
}

function defaultMatchResources(match: Wire<V1MatchResources> | undefined): void {
  if (!match) return;
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  defaultRules(match.resourceRules);
  defaultRules(match.excludeResourceRules);
}

/** Validating and mutating policies alike. */
export function defaultPolicy({ spec }: Wire<V1ValidatingAdmissionPolicy>): void {
  if (!spec) return;
  spec.failurePolicy ??= 'Fail';
  defaultMatchResources(spec.matchConstraints);
}

export function defaultPolicyBinding({ spec }: Wire<V1ValidatingAdmissionPolicyBinding>): void {
  defaultMatchResources(spec?.matchResources);
}
