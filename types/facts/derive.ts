/**
 * Derives the table of facts about Kubernetes' built-in kinds, so that the next version is one command and a review:
 *
 *     node types/facts/derive.ts DIR [GO_DIR] > types/facts/kubernetes-1.36.json
 *
 * DIR holds what an API server of that version answers: `openapi-v2.json`, `openapi-v3/*.json` (one document for each group version),
 * `discovery/` (aggregated-api.json, aggregated-apis.json, legacy documents) and `tables/` (an empty Table of each listable kind).
 * GO_DIR holds k8s.io's modules of that version as GO_DIR/{api,apimachinery,apiextensions-apiserver,kube-aggregator}. One definition and
 * one kind stand on a line each, for reviews.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGoPackages } from './go-fields.ts';
import { compactDefinitions, type Raw } from './schemas.ts';
import { servedKinds } from './served.ts';

function openApiV3(dir: string): Record<string, Raw> {
  const all: Record<string, Raw> = {};
  for (const file of readdirSync(dir).sort()) {
    if (!/^apis?__.*v\d+\.json$/.test(file)) continue;
    Object.assign(all, JSON.parse(readFileSync(join(dir, file), 'utf8')).components?.schemas);
  }
  return all;
}

const lines = (entries: string[]) => entries.join(',\n');

export function deriveFacts(dir: string, goDir: string | undefined): string {
  const v3 = openApiV3(join(dir, 'openapi-v3'));
  const v2 = JSON.parse(readFileSync(join(dir, 'openapi-v2.json'), 'utf8')).definitions;
  const definitions = compactDefinitions(v3, v2, goDir ? readGoPackages(goDir) : undefined);
  const kinds = servedKinds(dir, definitions);
  const texts = Object.entries(definitions).map(([name, d]) => `${JSON.stringify(name)}:${JSON.stringify(d)}`);
  return `{"kinds":[\n${lines(kinds.map((k) => JSON.stringify(k)))}\n],"definitions":{\n${lines(texts)}\n}}\n`;
}

if (import.meta.main) {
  const [dir, goDir] = process.argv.slice(2);
  if (!dir) {
    console.error('usage: node types/facts/derive.ts DIR [GO_DIR]');
    process.exitCode = 2;
  } else process.stdout.write(deriveFacts(dir, goDir));
}
