/** Reading an answer's bytes: all at once, or line by line. */
import { Readable } from 'node:stream';

/** All of a body. A socket's stream is read by its events, which costs less than iterating over it. */
export async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  if (body instanceof Readable) await drain(body, chunks);
  else for await (const chunk of body) chunks.push(chunk);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function drain(stream: Readable, chunks: Buffer[]): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('end', resolve);
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('the answer broke off')));
  });
}

const NEWLINE = 10;

/** The lines of a body, without their newlines; an unfinished last line (a stream that broke off) is left out. */
export async function* lines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  for await (const chunk of body) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      if (rest.length > 0) {
        rest.push(chunk.subarray(from, end));
        yield Buffer.concat(rest).toString('utf8');
        rest = [];
      } else if (end > from) yield chunk.toString('utf8', from, end);
      from = end + 1;
    }
    if (from < chunk.length) rest.push(from === 0 ? chunk : chunk.subarray(from));
  }
}
