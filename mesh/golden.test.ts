/** Pairs in testdata/: manifests in, both translations out. `UPDATE_GOLDEN=1 vitest run mesh/golden.test.ts` writes them anew. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { keyOf } from '../client/informer.ts';
import type { KubeObject } from '../types/wire.ts';
import { translateCluster, translateService } from './config/translate.ts';
import { buildClusters } from './ir/cluster.ts';
import { buildRoute } from './ir/route.ts';
import { buildService } from './ir/service.ts';
import { worldOf } from './ir/testing.ts';
import { validate } from './proxy/validate.ts';

const directory = new URL('testdata/', import.meta.url);
const cases = readdirSync(directory).filter((name) => name.endsWith('.yaml'));

function translate(objects: KubeObject[]) {
  const world = worldOf(objects);
  const routes = world.allRoutes.flatMap((route) => buildRoute(world, route) ?? []);
  const services = world.allServices.map((service) =>
    buildService(
      service,
      routes.filter((r) => r.parents.some((p) => p.service === keyOf(service))),
    ),
  );
  const clusters = world.allServices.flatMap((service) => buildClusters(service, world.slices(keyOf(service))));
  return { ir: { routes, services, clusters }, config: [...services.flatMap(translateService), ...clusters.map(translateCluster)] };
}

test.each(cases)('%s', (name) => {
  const made = translate(loadAll(readFileSync(new URL(name, directory), 'utf8')) as KubeObject[]);
  const golden = new URL(name.replace(/yaml$/, 'json'), directory);
  const text = `${JSON.stringify(made, null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN || !existsSync(golden)) writeFileSync(golden, text);
  expect(JSON.parse(text)).toEqual(JSON.parse(readFileSync(golden, 'utf8')));
});

test.each(cases)('%s: a proxy takes what comes of it', (name) => {
  const { config } = translate(loadAll(readFileSync(new URL(name, directory), 'utf8')) as KubeObject[]);
  for (const resource of config) expect(validate(resource)).toBeUndefined();
});
