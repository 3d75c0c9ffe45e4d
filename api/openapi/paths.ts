/** /openapi/v2 and /openapi/v3: made when somebody asks, and kept until a kind comes or goes. */
import { createHash } from 'node:crypto';
import type { Kind } from '../../types/kinds/kind.ts';
import type { Answer } from '../http/answer.ts';
import type { Exchange } from '../http/exchange.ts';
import { mediaClauses } from '../output/accept.ts';
import type { KindTable } from '../registry/kind-table.ts';
import { rootOf } from './operations.ts';

/** Protobuf of the v2 document, as older clients ask for it. */
const V2_PROTOBUF = /^application\/com\.github\.proto-openapi\.spec\.v2@v1\.0\+protobuf$/;
/** As it is answered: the name that is asked for has an @, which no media type may have. */
const OPENAPI_V2_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** An extension of the paths: undefined for paths that are not OpenAPI's. */
export function createOpenApi(kinds: KindTable): (exchange: Exchange) => Promise<Answer | undefined> {
  const made = new Map<string, Promise<Buffer>>();
  let all: Promise<Map<string, Buffer>> | undefined;
  kinds.onChange(() => {
    made.clear();
    all = undefined;
  });

  const kept = (key: string, make: () => Promise<Buffer>): Promise<Buffer> => {
    let bytes = made.get(key);
    if (!bytes) {
      bytes = make();
      made.set(key, bytes);
    }
    return bytes;
  };

  const everyV3 = (): Promise<Map<string, Buffer>> => {
    all ??= documentsV3(kinds);
    return all;
  };

  const v3 = async (exchange: Exchange, path: string): Promise<Answer> => {
    const documents = await everyV3();
    if (path === '') {
      const { indexV3 } = await import('./v3.ts');
      return answer(
        exchange,
        await kept('index', async () => Buffer.from(JSON.stringify(indexV3(documents)))),
        'text/plain; charset=utf-8',
      );
    }
    const bytes = documents.get(path);
    return bytes ? answer(exchange, bytes, 'application/json') : { status: 404, body: Buffer.alloc(0), type: '' };
  };

  const v2 = async (exchange: Exchange): Promise<Answer> => {
    const json = () => kept('v2', async () => Buffer.from(JSON.stringify(await documentOfAll(kinds))));
    if (!wantsProtobuf(exchange.request.headers.accept)) return answer(exchange, await json(), 'application/json');
    const { encodeSwagger } = await import('./v2-protobuf.ts');
    const bytes = await kept('v2 protobuf', async () => encodeSwagger(await documentOfAll(kinds)));
    return answer(exchange, bytes, OPENAPI_V2_TYPE);
  };

  return async (exchange) => {
    const path = exchange.info.path.replace(/\/$/, '');
    if (path === '/openapi/v2') return v2(exchange);
    if (path === '/openapi/v3') return v3(exchange, '');
    return path.startsWith('/openapi/v3/') ? v3(exchange, path.slice('/openapi/v3/'.length)) : undefined;
  };
}

/** By path, without the leading slash: `apis/apps/v1`. */
async function documentsV3(kinds: KindTable): Promise<Map<string, Buffer>> {
  const [{ documentV3 }, { readFacts }] = await Promise.all([import('./v3.ts'), import('../../types/facts/facts.ts')]);
  const { definitions } = readFacts();
  const groups = new Map<string, Kind[]>();
  for (const kind of kinds.all()) {
    const path = rootOf(kind).slice(1);
    groups.set(path, [...(groups.get(path) ?? []), kind]);
  }
  return new Map([...groups].sort().map(([path, list]) => [path, Buffer.from(JSON.stringify(documentV3(list, definitions)))]));
}

async function documentOfAll(kinds: KindTable) {
  const [{ documentV2 }, { readFacts }] = await Promise.all([import('./v2.ts'), import('../../types/facts/facts.ts')]);
  return documentV2(kinds.all(), readFacts().definitions);
}

function wantsProtobuf(accept: string | undefined): boolean {
  if (!accept?.includes('proto')) return false;
  const first = mediaClauses(accept).find(({ type }) => type === 'application/json' || V2_PROTOBUF.test(type));
  return first !== undefined && first.type !== 'application/json';
}

function answer({ request }: Exchange, body: Buffer, type: string): Answer {
  const etag = `"${createHash('sha512').update(body).digest('hex').toUpperCase()}"`;
  const headers = { etag, vary: 'Accept' };
  if (request.headers['if-none-match'] === etag) return { status: 304, body: Buffer.alloc(0), type, headers };
  return { status: 200, body, type, headers };
}
