import { type CliRun, runCli } from '../../../shared/testing/run-cli.ts';
import { netpol } from '../plugin.ts';

/** Asks a question about manifests that come through standard input. */
export function askManifests(manifests: string, line: string): Promise<CliRun> {
  return runCli(netpol, `${line} --snapshot -`, { stdin: manifests });
}
