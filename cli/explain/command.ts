/** The flags and the help of `kumulus explain`. */
import { type Command, Option } from 'commander';
import { wrongUsageOf } from '../failure.ts';
import type { ExplainOptions } from './explain.ts';

const HELP = `
Reads the cluster and computes, now, what the scheduler would say about the pod: which nodes can take it, how each plugin scores
them, and, for every other node, what would have to change. A running pod is judged as if it were pending, itself taken out.
Nothing is changed.

Examples:
  kumulus explain pod web-1                      why it is pending, or where it would go
  kumulus explain pod web-1 -n shop --node m-3   every plugin's verdict about one node: why not there?
  kumulus explain pod web-1 -o json              everything, for programs
  kumulus explain pod web-1 --scheduler-config examples/schedulers/packing.yaml
                                                 what another configuration would decide`;

export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('why a pod is where it is, or why it is nowhere')
    .argument('<kind>', 'pod (or pod/NAME)')
    .argument('[name]', 'name of the pod')
    .option('-n, --namespace <namespace>', 'its namespace', 'default')
    .option('--node <node>', 'every verdict and score of this node alone')
    .option('--all', 'every node, also where there are many', false)
    .option('--kubeconfig <file>', 'the cluster; wins over --data-dir')
    .option('--data-dir <dir>', 'the data directory of a kumulus', '.kumulus')
    .option('--scheduler-config <file>', 'a KubeSchedulerConfiguration, as the scheduler was given (default: the default plugins)')
    .addOption(new Option('-o, --output <format>', 'how to write it').choices(['text', 'json']).default('text'))
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (kind: string, name: string | undefined, options: ExplainOptions) => {
      const { explain } = await import('./explain.ts');
      await explain(podName(kind, name), options);
    });
}

function podName(kind: string, name: string | undefined): string {
  const [type = '', within] = kind.split('/');
  if (!['pod', 'pods', 'po'].includes(type)) throw wrongUsageOf('explain', `only pods are explained, not "${type}"`);
  const found = name ?? within;
  if (!found) throw wrongUsageOf('explain', 'which pod? Name it: kumulus explain pod NAME');
  return found;
}
