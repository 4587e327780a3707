import process from 'node:process';
import { ClusterError } from '../kube/ports.ts';
import { type CommandResult, type Request, UsageError } from './command.ts';
import { VERSION } from './version.ts';

interface ServerAnswer {
  readonly version?: string;
  readonly reason?: string;
  readonly hint?: string;
}

/** `version`: of the client, and of the server where it can be asked. */
export async function runVersion(request: Request): Promise<CommandResult> {
  const line = `kubectl ${request.plugin.name} version`;
  if (request.args.length > 0) throw new UsageError('version takes no words', `Both sides: ${line}`);
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
