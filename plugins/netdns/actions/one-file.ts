import type { Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { tellNamespaceIdle } from '../../../shared/cli/whole-cluster.ts';
import { shellQuote } from '../../../shared/util/text.ts';

/** The file that is asked instead of a cluster or a recording. Throws a UsageError for several, and for one beside a recording. */
export function oneFile(request: Request, command: string): string | undefined {
  const { args, facts, options } = request;
  tellNamespaceIdle(request, command);
  const [path, ...more] = args;
  const line = `kubectl netdns ${command}`;
  if (more.length > 0) throw new UsageError('one file at a time', `${line} FILE`);
  if (path === undefined || facts.kind === 'cluster') return path;
  const recordings = options.list('snapshot').map((one) => ` --snapshot ${shellQuote(one)}`);
  throw new UsageError(
    `${command} asks a file or a recording, not both`,
    `The file: ${line} ${shellQuote(path)}\nThe recording: ${line}${recordings.join('')}`,
  );
}
