import { down } from '../../test/cluster/down.ts';
import { messageOf } from '../../test/cluster/failure.ts';
import { defaultOptions } from '../../test/cluster/options.ts';
import { readState } from '../../test/cluster/state.ts';
import { up } from '../../test/cluster/up.ts';
import { foreignKubeconfig, skipReason, testClusterName } from '../../test/kit/cluster.ts';

/**
 * Two clusters: while nodes, rules and DNS for all are broken on the second one, nobody else may be asked there; the first
 * one helps with that when its own suites have ended.
 */
export const clusterNames = { shared: testClusterName, breaking: `${testClusterName}-b` } as const;

/**
 * Why no suite on a cluster can run although the caller wants them (NET_E2E=required, and no Go, no root …); nothing where
 * they can run, or may be skipped.
 */
export function whatStopsClusters(): string | undefined {
  try {
    skipReason();
    return;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * Brings a cluster up for suites that share it. One that was up before the run is used and left alone, so that a
 * developer's second run is quick. Returns how to take it down.
 */
export async function bringUp(name: string, say: (line: string) => void): Promise<() => Promise<void>> {
  const nothing = async (): Promise<void> => undefined;
  const suitesSkip = foreignKubeconfig() !== undefined || skipReason() !== undefined;
  if (suitesSkip || readState(name)?.ready === true) return nothing;
  try {
    await up({ ...defaultOptions, name }, (line) => say(`        ${name}: ${line}`));
  } catch (error) {
    // Its suites try once more, and fail with the reason.
    say(`        ${name}: ${messageOf(error)}`);
  }
  return () => down(name);
}
