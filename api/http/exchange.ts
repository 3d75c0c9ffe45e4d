/** One request and its answer on their way through the pipeline. */
import type { UserInfo } from '../access/user.ts';
import type { Answer, HttpRequest, HttpResponse, StreamAnswer } from './answer.ts';
import type { RequestInfo } from './request-info.ts';

export interface Exchange {
  request: HttpRequest;
  response: HttpResponse;
  /** Set by the first step. */
  info: RequestInfo;
  /** Set by authentication. */
  user: UserInfo;
  /** Texts for Warning headers. */
  warnings: string[];
  answer: Answer | StreamAnswer | undefined;
}

/** A step may answer by setting `exchange.answer` (and not calling `next`), throw a `StatusError`, or pass on. */
export type Step = (exchange: Exchange, next: () => Promise<void>) => Promise<void>;
