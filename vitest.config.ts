import { defineConfig } from 'vitest/config';

/** One real cluster serves all files of a project; faults in it must not meet. */
const onCluster = {
  fileParallelism: false,
  testTimeout: 300_000,
  hookTimeout: 1_800_000,
  maxConcurrency: 4,
  // Kubelets and schedulers share two processors with the tests; a fault that did not show in time is played again.
  retry: 1,
  globalSetup: ['test/kit/global-cluster.ts'],
};

/** These break nodes, rules, DNS for all and the control plane, so nobody else may be on their cluster. */
const breaking = ['test/e2e/netcni-*.test.ts', 'test/e2e/netdns-faults.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'shared/**/*.test.ts',
            'plugins/**/*.test.ts',
            'scripts/**/*.test.ts',
            'test/{contract,cli,scenarios,property}/**/*.test.ts',
          ],
          testTimeout: 30_000,
        },
      },
      // What `npm run package` has built; each file says why it is skipped where that is missing.
      {
        test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 60_000, fileParallelism: false },
      },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], exclude: breaking, ...onCluster } },
      // After the others and on a fresh cluster.
      { test: { name: 'cluster', include: ['test/{cluster,kit}/**/*.test.ts', ...breaking], ...onCluster } },
    ],
  },
});
