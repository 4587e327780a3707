import { down } from '../cluster/down.ts';
import { readState } from '../cluster/state.ts';
import { foreignKubeconfig, skipReason, testCluster, testClusterName } from './cluster.ts';

/**
 * For vitest's `globalSetup`: one cluster for all test files. One that was up
 * before the run is used and left alone, so that a developer's second run is quick.
 */
export default async function setUpCluster(): Promise<() => Promise<void>> {
  const nothing = async (): Promise<void> => undefined;
  if (foreignKubeconfig() !== undefined) {
    return nothing;
  }
  const reason = skipReason();
  if (reason !== undefined) {
    process.stderr.write(`tests on a real cluster are skipped: ${reason}\n`);
    return nothing;
  }
  const wasUp = readState(testClusterName)?.ready === true;
  await testCluster();
  return wasUp ? nothing : () => down(testClusterName);
}
