/** The flags and the help of `kumulus simulate`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SimulateOptions } from './simulate.ts';

const HELP = `
Works on a copy: of the live cluster, or of the objects in files. Nothing live changes. Pods are placed one after the other by the
scheduler's own code, in order of priority, preemption included; Deployments, StatefulSets, DaemonSets, Jobs and so on become pods first.

Examples:
  kumulus simulate -f web.yaml                         would it fit, and where?
  helm template shop ./chart | kumulus simulate -f -   the same of a chart
  kumulus simulate --lose-node m-1 --lose-node m-2     do their pods fit elsewhere?
  kumulus simulate --fit web.yaml                      how many more of these fit?
  kumulus simulate --cheapest --classes small,large    the cheapest machines that hold all pods of the cluster
  kumulus simulate --compare examples/schedulers/packing.yaml -f web.yaml
                                                       two scheduler configurations on the same pods
  kubectl get nodes,pods,machineclasses -A -o yaml > state.yaml
  kumulus simulate --state state.yaml -f web.yaml      with no cluster at hand`;

const gather = (value: string, before: string[]) => [...before, ...value.split(',').filter(Boolean)];

function seed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a seed is a whole number');
  return Number(text);
}

export function addSimulate(program: Command): void {
  program
    .command('simulate')
    .description('what if: place manifests, lose nodes, change the scheduler, buy machines; on a copy')
    .option('-f, --filename <file>', 'manifests to place (- reads standard input; may be given several times)', gather, [])
    .option('--state <file>', 'begin with the objects in this file (may be given several times), not with the live cluster', gather, [])
    .option('--from-cluster', 'begin with the live cluster (the default without --state)', false)
    .option('--lose-node <node>', 'this node is gone, its pods are placed anew (may be given several times)', gather, [])
    .option('--fit <file>', 'how many more copies of this manifest fit (may be given several times)', gather, [])
    .option('--scheduler-config <file>', 'a KubeSchedulerConfiguration (default: the default plugins)')
    .option('--compare <file>', 'do the same with this configuration, and show both')
    .addOption(new Option('--fewest-machines', 'the fewest machines of --classes that hold all pods').default(false).conflicts('cheapest'))
    .option('--cheapest', 'the cheapest machines of --classes that hold all pods', false)
    .option('--classes <names>', 'MachineClasses to choose from (default: all)', gather, [])
    .option('--zones <names>', "zones of those machines (default: those of the state's nodes)", gather, [])
    .option('--seed <number>', 'which of equally good nodes is picked; the same seed gives the same answer', seed, 1)
    .option('--kubeconfig <file>', 'the cluster; wins over --data-dir')
    .option('--data-dir <dir>', 'the data directory of a kumulus', '.kumulus')
    .addOption(new Option('-o, --output <format>', 'how to write it').choices(['text', 'json']).default('text'))
    .addHelpText('after', HELP)
    .exitOverride()
    .action(async (options: SimulateOptions) => {
      const { simulateCommand } = await import('./simulate.ts');
      await simulateCommand(options);
    });
}
