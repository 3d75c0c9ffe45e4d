import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../types/part/random.ts';
import { type GoldenCase, runCase } from './golden.ts';

const folder = fileURLToPath(new URL('../../shared/golden-scheduler/cases/', import.meta.url));

/** Cases that do not pass yet, with the reason. */
const NOT_YET: Record<string, string> = {};

describe.skipIf(!existsSync(folder))('decisions recorded from kube-scheduler 1.36 (skipped where the recordings are absent)', () => {
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const golden = JSON.parse(readFileSync(folder + file, 'utf8')) as GoldenCase;
    const reason = NOT_YET[golden.name] ?? NOT_YET[golden.area];
    it(`${golden.name}${reason ? ` (not yet: ${reason})` : ''}`, { fails: reason !== undefined }, () => {
      expect(runCase(golden, seededRandom(1))).toEqual([]);
    });
  }
});
