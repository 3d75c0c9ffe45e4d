/** Which requests a policy is about (k8s.io/apiserver/pkg/admission/plugin/policy/matching). */
import { type LabelSelector, type Labels, labelSelectorMatcher } from '../../../types/selectors.ts';
import type { AnyObject } from '../../../types/wire.ts';
import type { ObjectSource } from '../../watch/source.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { MatchResources, RuleWithOperations } from './definition.ts';

export type Matches = (request: AdmissionRequest, source: ObjectSource) => boolean;

/** Without resource rules every resource matches: that is how a binding narrows what its policy says. */
export function compileMatch(resources: MatchResources | undefined): Matches {
  if (!resources) return () => true;
  const { resourceRules = [], excludeResourceRules = [] } = resources;
  const ofNamespace = matcherOf(resources.namespaceSelector);
  const ofObject = matcherOf(resources.objectSelector);
  return (request, source) => {
    if (resourceRules.length > 0 && !resourceRules.some((rule) => ruleMatches(rule, request))) return false;
    if (excludeResourceRules.some((rule) => ruleMatches(rule, request))) return false;
    if (ofNamespace && !namespaceMatches(ofNamespace, request, source)) return false;
    return !ofObject || [request.object, request.before].some((object) => object && ofObject(labelsOf(object)));
  };
}

/** undefined: an empty selector, which everything matches. */
function matcherOf(selector: LabelSelector | undefined): ((labels: Labels) => boolean) | undefined {
  if (!selector || !(Object.keys(selector.matchLabels ?? {}).length || selector.matchExpressions?.length)) return undefined;
  return labelSelectorMatcher(selector);
}

const labelsOf = (object: AnyObject | undefined): Labels => object?.metadata?.labels;

/** A namespace is in itself; what has no namespace matches. */
function namespaceMatches(matches: (labels: Labels) => boolean, request: AdmissionRequest, source: ObjectSource): boolean {
  if (request.kind.storage === 'namespaces') return matches(labelsOf(request.object ?? request.before));
  if (!request.namespace) return true;
  return matches(labelsOf(source.get('namespaces', request.namespace)));
}

const has = (list: string[] | undefined, value: string) => list?.includes('*') || list?.includes(value) || false;

export function ruleMatches(rule: RuleWithOperations, { operation, kind, subresource, name }: AdmissionRequest): boolean {
  if (!has(rule.operations, operation) || !has(rule.apiGroups, kind.group) || !has(rule.apiVersions, kind.version)) return false;
  if (rule.scope === 'Cluster' && kind.namespaced) return false;
  if (rule.scope === 'Namespaced' && !kind.namespaced) return false;
  if (rule.resourceNames?.length && !rule.resourceNames.includes(name)) return false;
  return rule.resources?.some((resource) => resourceMatches(resource, kind.plural, subresource)) ?? false;
}

/** A resource, a resource and its subresource, or a star in the place of either. Without a subresource: of the object itself. */
function resourceMatches(pattern: string, plural: string, subresource: string): boolean {
  const [resource = '', sub] = pattern.split('/');
  if (resource !== '*' && resource !== plural) return false;
  return sub === undefined ? subresource === '' : sub === '*' || sub === subresource;
}
