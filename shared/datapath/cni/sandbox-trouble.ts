import type { PluginName } from '../../model/network-plugins.ts';

/** What keeps a pod from getting its network, in classes that each have a remedy of their own. */
export type SandboxTrouble =
  /** No free address for the node, whoever hands them out. */
  | 'no-address'
  /** No pool or range is meant for the node or the pod. */
  | 'no-pool'
  /** The plugin's agent does not answer, or has not prepared the node. */
  | 'agent-down'
  /** The agent answers that it has too much to do. */
  | 'rate-limit'
  /** The node's credentials for the plugin's data are refused. */
  | 'credentials'
  /** The program of a plugin is missing on the node. */
  | 'no-program'
  /** There is no configuration of a network in the runtime's folder. */
  | 'no-configuration'
  /** A configuration that cannot be read, or one that asks for what the node lacks. */
  | 'bad-configuration'
  /** The API server does not answer the plugin. */
  | 'api-unreachable'
  /** A network that the pod asks for beside its own is not there (Multus). */
  | 'attachment'
  /** The cloud refuses what the agent asks for. */
  | 'cloud-refused'
  | 'hostport'
  /** The container runtime fails before a network is asked for. */
  | 'runtime'
  | 'timeout'
  | 'other';

/** A text of a runtime or plugin, the class it stands for, the plugin that speaks so, and what it means. */
export type SandboxRow = readonly [RegExp, SandboxTrouble, PluginName | undefined, string];
