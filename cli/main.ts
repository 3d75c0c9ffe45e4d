/** The command line: parses, runs, and turns what goes wrong into one sentence and an exit code (0 done, 1 failed, 2 wrong usage). */
import { CommanderError } from 'commander';
import { FlagError } from '../types/part/flags.ts';
import { commandLine } from './command-line.ts';
import { Failure } from './failure.ts';
import { up } from './up/up.ts';
import { VERSION } from './version.ts';

/** Answers the exit code. */
export async function main(argv: string[]): Promise<number> {
  try {
    await commandLine(VERSION, up).parseAsync(argv);
    return 0;
  } catch (error) {
    return exitCodeOf(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(`kumulus: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof FlagError) return 2;
  return error instanceof Failure ? error.exitCode : 1;
}
