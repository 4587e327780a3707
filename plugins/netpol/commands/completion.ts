import { completionCommand } from '../../../shared/cli/completion-command.ts';

/** The hook for kubectl's shell completion. */
export const completion = completionCommand('netpol');
