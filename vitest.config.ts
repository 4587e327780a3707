import { defineConfig } from 'vitest/config';

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
      {
        test: {
          name: 'e2e',
          include: ['test/{e2e,cluster,kit}/**/*.test.ts'],
          // One cluster serves them all; faults in it must not meet.
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 1_800_000,
          passWithNoTests: true,
          maxConcurrency: 4,
          // Kubelets and schedulers share two processors with the tests; a fault that did not show in time is played again.
          retry: 1,
          globalSetup: ['test/kit/global-cluster.ts'],
        },
      },
    ],
  },
});
