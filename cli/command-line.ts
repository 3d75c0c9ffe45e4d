/** The commands and their flags, made from the tables of flags of `kumulus up` and of the parts. */
import { Command, Option } from 'commander';
import { FlagError, type Flags } from '../types/part/flags.ts';
import { down } from './down.ts';
import { addExplain } from './explain/command.ts';
import { PARTS } from './parts/table.ts';
import { addSimulate } from './simulate/command.ts';
import { status } from './status.ts';
import { type UpOptions, upFlags } from './up/flags.ts';

/** What the command line said: the values of `up` itself, those of each part, and the names of all flags that were given. */
export interface ParsedUp {
  up: UpOptions;
  parts: Record<string, Record<string, unknown>>;
  given: Set<string>;
}

const EXAMPLES = `
Examples:
  kumulus up                                  a cloud of 10 machines on https://127.0.0.1:6443
  kumulus up --nodes 100 --port 7443          a larger one, elsewhere
  kumulus up --data-dir /tmp/a --detach       in the background; end it with kumulus down --data-dir /tmp/a
  kumulus up --only api                       an API server alone
  kumulus up --only scheduler --kubeconfig F  our scheduler for another cluster

Then: export KUBECONFIG=<data-dir>/kubeconfig; kubectl get nodes`;

function addFlags(command: Command, group: string, flags: Flags): void {
  for (const [name, flag] of Object.entries(flags)) {
    // What several parts have (--leader-elect) is one flag for all of them.
    if (command.options.some((option) => option.long === `--${name}`)) continue;
    const shown = flag.argument ? `--${name} ${flag.argument}` : `--${name} [true|false]`;
    const option = new Option(shown, flag.description + shownDefault(flag)).helpGroup(group);
    option.argParser((text: string, before: unknown) => parseFlag(name, flag, text, before));
    command.addOption(option);
  }
}

function shownDefault(flag: Flags[string]): string {
  const value = flag.default;
  if (value === '' || value === false || value === -1 || (Array.isArray(value) && value.length === 0)) return '';
  return ` (default ${flag.defaultText ?? String(value)})`;
}

function parseFlag(name: string, flag: Flags[string], text: string | boolean | undefined, before: unknown): unknown {
  try {
    return flag.parse(typeof text === 'string' ? text : '', before === undefined ? flag.default : before);
  } catch (error) {
    if (error instanceof FlagError) throw new FlagError(`--${name}: ${error.message}`);
    throw error;
  }
}

/** commander's camelCase attribute of a flag. */
const attribute = (name: string) => new Option(`--${name} <x>`).attributeName();

function pick(flags: Flags, values: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(flags).map(([name, flag]) => [name, givenValue(flag, values[attribute(name)])]);
  return Object.fromEntries(entries);
}

/** A switch that stands alone (`--detach`) is true. */
function givenValue(flag: Flags[string], value: unknown): unknown {
  if (value === undefined) return flag.default;
  return value === true && !flag.argument ? flag.parse('', flag.default) : value;
}

function parsedUp(command: Command): ParsedUp {
  const values = command.opts<Record<string, unknown>>();
  const parts = Object.fromEntries(Object.entries(PARTS).map(([name, part]) => [name, pick(part.flags, values)]));
  const names = [...Object.keys(upFlags), ...Object.values(PARTS).flatMap((part) => Object.keys(part.flags))];
  const given = new Set(names.filter((name) => command.getOptionValueSource(attribute(name)) === 'cli'));
  return { up: pick(upFlags, values) as UpOptions, parts, given };
}

const dataDir = () => new Option('--data-dir <dir>', 'the data directory of the instance').default('.kumulus');

export function commandLine(version: string, up: (parsed: ParsedUp) => Promise<void>): Command {
  const program = new Command('kumulus')
    .description('A Kubernetes-compatible control plane for simulated cloud infrastructure')
    .version(version);
  program.exitOverride().showHelpAfterError('See kumulus --help.');
  const upCommand = program.command('up').description('bring up a cloud on this machine, in the foreground').addHelpText('after', EXAMPLES);
  addFlags(upCommand, 'Options:', upFlags);
  for (const [name, part] of Object.entries(PARTS)) addFlags(upCommand, `${name} (${part.about}):`, part.flags);
  upCommand.exitOverride().action((_options, command: Command) => up(parsedUp(command)));
  program.command('down').description('end the instance of a data directory').addOption(dataDir()).exitOverride().action(down);
  program
    .command('status')
    .description('what runs on a data directory')
    .addOption(dataDir())
    .option('--json', 'as JSON', false)
    .exitOverride()
    .action(status);
  addExplain(program);
  addSimulate(program);
  return program;
}
