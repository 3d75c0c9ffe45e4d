/** Requests as fast as they are answered, on a fixed number of connections: by wrk where it is installed, else by a small client of our own. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { realClock } from '../../types/part/clock.ts';
import { quantile } from '../stats.ts';

export const CONNECTIONS = 32;
/** Bytes of an answer's body. */
export const BODY = 1024;

export interface Figures {
  perSecond: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

export async function load(port: number, seconds: number): Promise<Figures> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', `http://127.0.0.1:${port}/`];
  try {
    const { stdout } = await promisify(execFile)('wrk', args);
    const read = (pattern: RegExp) => {
      const [, value, unit = 'ms'] = pattern.exec(stdout) ?? [];
      return Number(value) * (UNIT[unit] ?? 1);
    };
    return { perSecond: read(/Requests\/sec:\s+([\d.]+)/), p50: read(/50%\s+([\d.]+)(us|ms|s)/), p99: read(/99%\s+([\d.]+)(us|ms|s)/) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return ownLoad(port, seconds);
  }
}

const UNIT: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };

async function ownLoad(port: number, seconds: number): Promise<Figures> {
  const times: number[] = [];
  const end = realClock.monotonic() + seconds * 1000;
  const one = async () => {
    const socket = connect(port, '127.0.0.1').setNoDelay();
    await once(socket, 'connect');
    while (realClock.monotonic() < end) {
      const start = realClock.monotonic();
      socket.write('GET / HTTP/1.1\r\nhost: bench\r\n\r\n');
      for (let got = 0; got < BODY; ) got += ((await once(socket, 'data')) as [Buffer])[0].length;
      times.push(realClock.monotonic() - start);
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, one));
  return { perSecond: times.length / seconds, p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}
