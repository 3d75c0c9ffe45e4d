/** The way of a request through the server: each step is one file, and this is their order. */
import Koa from 'koa';
import type { Log } from '../../types/part/log.ts';
import { ANONYMOUS } from '../access/user.ts';
import { type Answer, errorAnswer, statusOf, writeAnswer } from './answer.ts';
import type { Exchange, Step } from './exchange.ts';
import { parseRequestInfo } from './request-info.ts';

/** The Koa application: errors end in its first middleware, the only one that writes. */
export function createPipeline(steps: readonly Step[], log: Log): Koa {
  const app = new Koa();
  app.use(async (context) => {
    // Answers are written to the response as they are: Koa's own handling of bodies would serialise or copy them.
    context.respond = false;
    const exchange = newExchange(context);
    try {
      exchange.info = parseRequestInfo(context.req.method ?? 'GET', context.req.url ?? '/');
      await runFrom(steps, 0, exchange);
      finish(exchange, log);
    } catch (error) {
      fail(exchange, error, log);
    }
  });
  return app;
}

function newExchange(context: Koa.Context): Exchange {
  const info = undefined as unknown as Exchange['info'];
  return { request: context.req, response: context.res, info, user: ANONYMOUS, warnings: [], answer: undefined };
}

function runFrom(steps: readonly Step[], at: number, exchange: Exchange): Promise<void> {
  const step = steps[at];
  return step ? step(exchange, () => runFrom(steps, at + 1, exchange)) : Promise.resolve();
}

function finish(exchange: Exchange, log: Log): void {
  const { answer, response, warnings, request } = exchange;
  if (!answer) throw new Error(`nothing answered ${request.method} ${request.url}`);
  if (response.destroyed) return;
  if ('stream' in answer) answer.stream(response);
  else send(exchange, answer, log, warnings);
}

/** Errors end here. When the headers are out already, all that can be done is to break the stream off. */
function fail(exchange: Exchange, error: unknown, log: Log): void {
  const { response, request } = exchange;
  const status = statusOf(error, log, { method: request.method, url: request.url });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!response.destroyed) send(exchange, errorAnswer(status), log, exchange.warnings);
}

function send({ request, response }: Exchange, answer: Answer, log: Log, warnings: readonly string[]): void {
  try {
    writeAnswer(response, answer, warnings, request.method !== 'HEAD');
  } catch (error) {
    log.debug({ error, url: request.url }, 'client went away before the answer');
  }
}
