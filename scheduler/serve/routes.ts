/** The questions that the scheduler answers over HTTP. */
import type { Client } from '../../client/client.ts';
import type { Random } from '../../types/part/random.ts';
import type { Profile } from '../framework/profile.ts';
import type { Scheduler } from '../scheduler.ts';
import { explainLive } from './explain-live.ts';
import { BadRequest, type Routes } from './serve.ts';

const MOST_DECISIONS = 4096;

function podIn(query: URLSearchParams): string | undefined {
  const pod = query.get('pod');
  if (pod === null) return undefined;
  if (!/^[^/]+\/[^/]+$/.test(pod)) throw new BadRequest(`pod=${pod}: write it as NAMESPACE/NAME`);
  return pod;
}

function limitIn(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_DECISIONS) {
    throw new BadRequest(`limit=${query.get('limit')} is not a whole number from 1 to ${MOST_DECISIONS}`);
  }
  return limit;
}

export function routes(scheduler: Scheduler, profiles: readonly Profile[], client: Client, random: Random): Routes {
  return {
    'GET /decisions': (query) => ({ decisions: scheduler.decisions.recent(limitIn(query), podIn(query)) }),
    'GET /explain': (query) => {
      const key = podIn(query);
      if (key === undefined) throw new BadRequest('which pod? Add ?pod=NAMESPACE/NAME');
      const explained = explainLive(scheduler, profiles, key, random);
      if (!explained) throw new BadRequest(`there is no pod ${key} that is this scheduler's`, 404);
      const node = query.get('node');
      if (node === null) return explained;
      const nodes = explained.nodes.filter((other) => other.node === node);
      if (nodes.length === 0) throw new BadRequest(`there is no node ${node}`, 404);
      return { ...explained, nodes };
    },
    'POST /simulate': async (_query, body) => {
      const { answerRequest } = await import('../simulate/request.ts');
      return answerRequest(client, body);
    },
  };
}
