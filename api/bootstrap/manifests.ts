/**
 * The CustomResourceDefinitions of Kumulus, and the objects that come with them: the YAML files of crds/. A file is read again only when it
 * is not the one that was applied last.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kind } from '../../types/kinds/kind.ts';
import type { AnyObject } from '../../types/wire.ts';
import type { Core } from '../core.ts';
import { CRD_RESOURCE } from '../crd/definition.ts';

/** On a CRD: which state of its file it was made of. */
export const APPLIED = 'cloud.kumulus.dev/applied-manifest';

const FOLDER = fileURLToPath(new URL('../../crds', import.meta.url));

export interface Manifests {
  definitions: AnyObject[];
  /** Objects of the kinds that the definitions define. */
  objects: AnyObject[];
}

/** The documents of the files that are not applied yet. */
export async function readManifests(core: Core): Promise<Manifests> {
  await core.caches.whenSynced(CRD_RESOURCE);
  const applied = new Set([...core.caches.list(CRD_RESOURCE)].map((crd) => crd.metadata?.annotations?.[APPLIED]));
  const files = await readFiles();
  const hash = createHash('sha256').update(files.join('\0')).digest('hex').slice(0, 16);
  if (applied.has(hash)) return { definitions: [], objects: [] };
  const documents = await documentsIn(files);
  const definitions = documents.filter((d) => d.kind === 'CustomResourceDefinition');
  for (const { metadata } of definitions) if (metadata) metadata.annotations = { ...metadata.annotations, [APPLIED]: hash };
  return { definitions, objects: documents.filter((d) => d.kind !== 'CustomResourceDefinition') };
}

/** The types that a definition has served. */
export function typesDefinedBy(definition: AnyObject): AnyObject[] {
  const { group, names, versions } = definition.spec as {
    group: string;
    names: { kind: string };
    versions: { name: string; served: boolean }[];
  };
  return versions.filter((version) => version.served).map(({ name }) => ({ apiVersion: `${group}/${name}`, kind: names.kind }));
}

/** Every document of every file. */
export const readAll = async (): Promise<AnyObject[]> => documentsIn(await readFiles());

async function documentsIn(files: string[]): Promise<AnyObject[]> {
  const { loadAll } = await import('js-yaml');
  return files.flatMap((text) => loadAll(text) as (AnyObject | null)[]).filter((d): d is AnyObject => d !== null && typeof d === 'object');
}

async function readFiles(): Promise<string[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.yaml')).sort();
  return Promise.all(names.map((name) => readFile(join(FOLDER, name), 'utf8')));
}

/** Resolves when the kind is served. */
export function whenServed(core: Core, { apiVersion = '', kind = '' }: AnyObject): Promise<Kind> {
  const slash = apiVersion.indexOf('/');
  const find = () => core.kinds.findKind(slash < 0 ? '' : apiVersion.slice(0, slash), apiVersion.slice(slash + 1), kind);
  return new Promise((resolve, reject) => {
    const check = () => {
      const found = find();
      if (!found) return false;
      resolve(found);
      return true;
    };
    if (check()) return;
    const stop = core.kinds.onChange(() => check() && stop());
    core.signal.addEventListener('abort', () => reject(new Error('the server ends')), { once: true });
  });
}
