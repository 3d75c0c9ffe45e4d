/** Structured logs of a process: JSON lines by pino, written straight to a file (no worker threads, so that nothing is lost at exit). */
import { destination, type Logger, pino } from 'pino';

export function fileLog(file: string, part: string, level = 'info'): Logger {
  return pino(
    { level, base: { part, pid: process.pid }, timestamp: pino.stdTimeFunctions.isoTime, serializers: { error: pino.stdSerializers.err } },
    destination({ dest: file, append: true, sync: true, mkdir: true }),
  );
}
