import type { Option } from '../../../shared/cli/command.ts';

/** Which network plugin acts on the policies; it decides what the specification leaves open. */
export const cniOption: Option = {
  name: 'cni',
  type: 'string',
  value: 'NAME',
  describe: 'judge for this network plugin (calico, cilium, flannel, … or none) instead of the one that is found',
};

export const portOption: Option = {
  name: 'port',
  type: 'string',
  value: 'PORT',
  describe: 'a port by number or name, 53/UDP too; of a Service its own port, not that of the pods',
};

export const protocolOption: Option = {
  name: 'protocol',
  type: 'string',
  value: 'PROTOCOL',
  choices: ['TCP', 'UDP', 'SCTP', 'tcp', 'udp', 'sctp'],
  describe: 'TCP (default with --port), UDP or SCTP',
};

export const byOption: Option = {
  name: 'by',
  type: 'string',
  value: 'GRAIN',
  choices: ['workload', 'namespace', 'pod', 'class'],
  describe: 'what a row stands for: workload (default), namespace, pod, or class: pods that all policies treat alike',
};

/** Forms of everything that shows connections. */
export const MATRIX_FORMATS = [
  'table',
  'wide',
  'json',
  'yaml',
  'csv',
  'markdown',
  'dot',
  'mermaid',
  'svg',
  'html',
] as const;
