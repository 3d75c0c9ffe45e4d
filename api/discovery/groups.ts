/** The served kinds by group and version, in the order in which discovery lists them. */
import type { Kind } from '../../types/kinds/kind.ts';
import type { KindTable } from '../registry/kind-table.ts';

export interface VersionKinds {
  version: string;
  kinds: Kind[];
}

export interface GroupKinds {
  group: string;
  /** The preferred one first. */
  versions: VersionKinds[];
}

/** Built-in groups come first, in the table's order; then the custom ones by name. */
export function groupsOf(kinds: KindTable): GroupKinds[] {
  const groups = new Map<string, Map<string, Kind[]>>();
  for (const kind of kinds.all()) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>();
    groups.set(kind.group, versions);
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind]);
  }
  return [...groups].map(([group, versions]) => ({
    group,
    versions: [...versions].map(([version, list]) => ({ version, kinds: list })).sort((a, b) => compareVersions(a.version, b.version)),
  }));
}

/** GA before beta before alpha, the newer first (k8s.io/apimachinery/pkg/version: CompareKubeAwareVersionStrings, reversed). */
export function compareVersions(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : 1;
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor;
}

function parseVersion(text: string): { major: number; stage: number; minor: number } | undefined {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text) ?? [];
  if (major === undefined) return undefined;
  return { major: Number(major), stage: stage === undefined ? 2 : stage === 'beta' ? 1 : 0, minor: Number(minor ?? 0) };
}
