/** Rules of RBAC as values: what one covers, and what of one is not covered by others. */
import type { Attributes } from './attributes.ts';

export interface PolicyRule {
  verbs: string[];
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
}

const ALL = '*';

const has = (list: readonly string[] | undefined, wanted: string) => list !== undefined && (list.includes(wanted) || list.includes(ALL));

/** Whether the rule speaks of these attributes, names aside. */
export function ruleMatches(rule: PolicyRule, attributes: Attributes): boolean {
  if (!has(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResource) return pathMatches(rule.nonResourceURLs, attributes.path);
  return has(rule.apiGroups, attributes.group) && resourceMatches(rule.resources, attributes.resource, attributes.subresource);
}

function resourceMatches(resources: readonly string[] | undefined, resource: string, subresource: string): boolean {
  if (!resources) return false;
  if (!subresource) return has(resources, resource);
  return has(resources, `${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

function pathMatches(urls: readonly string[] | undefined, path: string): boolean {
  return urls?.some((url) => url === path || (url.endsWith(ALL) && path.startsWith(url.slice(0, -1)))) ?? false;
}

/**
 * The parts of `wanted` that `held` does not grant, one line for each combination of group, resource and names, as
 * k8s.io/component-helpers/auth/rbac/validation breaks rules down, compacts and sorts them.
 */
export function uncovered(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const lacking = wanted.flatMap(breakDown).filter((part) => !held.some((rule) => covers(rule, part)));
  const byText = new Map<string, PolicyRule>();
  for (const rule of lacking) {
    const text = describeRule({ ...rule, verbs: [] });
    const same = byText.get(text);
    if (!same) byText.set(text, rule);
    else for (const verb of rule.verbs) if (!same.verbs.includes(verb)) same.verbs.push(verb);
  }
  return [...byText.values()].sort((a, b) => (describeRule(a) < describeRule(b) ? -1 : 1));
}

function breakDown(rule: PolicyRule): PolicyRule[] {
  const parts: PolicyRule[] = [];
  for (const verb of rule.verbs ?? []) {
    for (const group of rule.apiGroups ?? []) {
      for (const resource of rule.resources ?? []) {
        const base = { verbs: [verb], apiGroups: [group], resources: [resource] };
        if (!rule.resourceNames?.length) parts.push(base);
        else for (const name of rule.resourceNames) parts.push({ ...base, resourceNames: [name] });
      }
    }
    for (const url of rule.nonResourceURLs ?? []) parts.push({ verbs: [verb], nonResourceURLs: [url] });
  }
  return parts;
}

/** `part` is of one verb, one group and resource or one path, and at most one name. */
function covers(rule: PolicyRule, part: PolicyRule): boolean {
  if (!has(rule.verbs, part.verbs[0] ?? '')) return false;
  const url = part.nonResourceURLs?.[0];
  if (url !== undefined) return pathMatches(rule.nonResourceURLs, url);
  const [resource = '', subresource = ''] = (part.resources?.[0] ?? '').split('/');
  if (!has(rule.apiGroups, part.apiGroups?.[0] ?? '') || !resourceMatches(rule.resources, resource, subresource)) return false;
  if (!rule.resourceNames?.length) return true;
  const name = part.resourceNames?.[0];
  return name !== undefined && rule.resourceNames.includes(name);
}

/** `{APIGroups:[""], Resources:["secrets"], Verbs:["get" "list"]}` */
export function describeRule(rule: PolicyRule): string {
  const fields: [string, string[] | undefined][] = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['ResourceNames', rule.resourceNames],
    ['Verbs', rule.verbs],
  ];
  const texts = fields.filter(([, list]) => list?.length).map(([name, list]) => `${name}:${goList(list ?? [])}`);
  return `{${texts.join(', ')}}`;
}

/** A list of strings as Go's `%q` writes it. */
export const goList = (list: readonly string[]) => `[${list.map((text) => JSON.stringify(text)).join(' ')}]`;
