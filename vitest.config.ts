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

/**
 * What stops a test that hangs; no statement about speed. A machine that two clusters and a build have to themselves
 * takes ten times what a quiet one does, and hooks that bundle a program need as long as tests that do.
 */
const PATIENCE = { testTimeout: 180_000, hookTimeout: 180_000 };

/** These break nodes, rules and DNS for all, so nobody else may be asked meanwhile. */
const breaking = ['test/e2e/netcni-*.test.ts', 'test/e2e/netdns-faults.test.ts'];

/** What `npm run package` has built, on a cluster; apart, since the others need not wait for it. */
const installed = ['test/e2e/package.test.ts'];

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
          ...PATIENCE,
          // What is tested keeps nothing beyond a call; loading it anew for each of 300 files took most of the time.
          isolate: false,
        },
      },
      // What `npm run package` has built; each file says why it is skipped where that is missing.
      {
        test: { name: 'package', include: ['test/package/**/*.test.ts'], ...PATIENCE, fileParallelism: false },
      },
      // Asked for together they come one after the other, for they share a cluster; scripts/test.ts gives each its own.
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...breaking, ...installed],
          ...onCluster,
          sequence: { groupOrder: 1 },
        },
      },
      { test: { name: 'installed', include: installed, ...onCluster, sequence: { groupOrder: 2 } } },
      {
        test: {
          name: 'cluster',
          include: ['test/{cluster,kit}/**/*.test.ts', ...breaking],
          ...onCluster,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
