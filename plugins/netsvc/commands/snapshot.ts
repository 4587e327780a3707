import { snapshotCommand } from '../../../shared/cli/snapshot-command.ts';

/** A recording that every command can be asked about later. */
export const snapshot = snapshotCommand('netsvc', {
  ask: 'web',
  plan: async () => (await import('../collect/snapshot-plan.ts')).snapshotPlan,
});
