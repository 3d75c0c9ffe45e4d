/** How a command ends when it can't do what was asked. The message says what to do next. */
export class Failure extends Error {
  override name = 'Failure';
  /** 1: it failed; 2: wrong usage. */
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const wrongUsageOf = (command: string, message: string) => new Failure(`${message}\nSee kumulus ${command} --help.`, 2);
export const wrongUsage = (message: string) => wrongUsageOf('up', message);
