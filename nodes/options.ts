/** The options of the simulated kubelets. Names and formats are the kubelet's where it has them. */
import { durationFlag, FlagError, type Flags, numberFlag, type OptionsOf, textFlag } from '../types/part/flags.ts';
import { parseCidr } from './net/cidr.ts';

const cidrFlag = (value: string, description: string) => ({
  ...textFlag(value, '<cidr>', description),
  parse: (text: string) => {
    parseCidr(text);
    return text;
  },
});

const eventsFlag = {
  ...textFlag('warnings', '<which>', 'events that the kubelets write about pods: warnings, or all (four more writes for each pod)'),
  parse: (text: string) => {
    if (text !== 'warnings' && text !== 'all') throw new FlagError(`"${text}" is neither warnings nor all`);
    return text;
  },
};

export const nodesFlags = {
  'node-status-update-frequency': durationFlag('10s', 'how soon after its own last write a node status that others changed is put right'),
  'node-status-report-frequency': durationFlag('5m', 'how often a node status is written when nothing changed'),
  'node-lease-duration-seconds': numberFlag(40, 'how long a node lease holds; it is renewed every quarter of this', { min: 1 }),
  'pod-cidr': cidrFlag('127.24.0.0/13', "the range of the pods' addresses"),
  'machine-cidr': cidrFlag('127.17.0.0/16', "the range of the nodes' addresses"),
  'pod-start-delay': durationFlag('10ms', 'how long a simulated pod takes until its containers start'),
  'pod-start-jitter': durationFlag('20ms', 'up to this much is added to the start delay'),
  'pod-stop-delay': durationFlag('10ms', 'how long a simulated container takes to stop when asked to, within its grace period'),
  'pod-stop-jitter': durationFlag('20ms', 'up to this much is added to the stop delay'),
  'init-container-duration': durationFlag('10ms', 'how long a simulated init container runs'),
  'job-duration': durationFlag('100ms', 'how long a simulated container of a Job runs before it exits with 0'),
  'job-jitter': durationFlag('100ms', 'up to this much is added to the duration'),
  'max-container-restart-period': durationFlag('5m', 'the longest pause before a container that keeps failing is started again'),
  'pod-status-settle': durationFlag('100ms', 'a state of a starting pod that lasts no longer than this is not written'),
  'pod-workers': numberFlag(64, 'pods that are worked on at the same time', { min: 1 }),
  'pod-events': eventsFlag,
} satisfies Flags;

export type NodesOptions = OptionsOf<typeof nodesFlags>;
