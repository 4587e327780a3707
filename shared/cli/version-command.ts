import process from 'node:process';
import { ClusterError } from '../kube/ports.ts';
import type { Command, CommandResult, Request } from './command.ts';
import { VERSION } from './version.ts';

/** The command that tells the versions of both sides. */
export function versionCommand(plugin: string): Command {
  return {
    name: 'version',
    summary: 'version of the plugin and of the cluster',
    options: [{ name: 'client', type: 'boolean', describe: 'do not ask the cluster' }],
    examples: [
      { line: `kubectl ${plugin} version`, says: 'both sides' },
      { line: `kubectl ${plugin} version --client -o json`, says: 'for scripts, without a cluster' },
    ],
    formats: ['table', 'json', 'yaml'],
    completes: 'nothing',
    run: runVersion,
  };
}

interface ServerAnswer {
  readonly version?: string;
  readonly reason?: string;
  readonly hint?: string;
}

async function runVersion(request: Request): Promise<CommandResult> {
  const client = {
    version: VERSION,
    node: process.version,
    platform: `${process.platform}/${process.arch}`,
  };
  const own = `Client  kubectl-${request.plugin.name} ${client.version} (Node ${client.node}, ${client.platform})`;
  if (request.options.boolean('client')) return { type: 'value', value: { client }, text: own };
  const server = await askServer(request);
  if (server.reason !== undefined)
    request.runtime.stderr.write(`${server.reason}\n${server.hint ?? ''}`.trimEnd() + '\n');
  return {
    type: 'value',
    value: { client, server },
    text: `${own}\nServer  ${server.version ?? 'not known'}`,
    exit: server.version === undefined ? 3 : 0,
  };
}

async function askServer({ facts }: Request): Promise<ServerAnswer> {
  if (facts.kind === 'snapshot') {
    const { serverVersion } = await facts.snapshot(async () => {});
    return serverVersion === undefined ? { reason: 'the snapshot does not say' } : { version: serverVersion };
  }
  try {
    const result = await (await facts.reader()).version();
    return result.status === 'ok' ? { version: result.value } : { reason: result.reason };
  } catch (error) {
    if (error instanceof ClusterError) return { reason: error.message, hint: error.hint };
    throw error;
  }
}
