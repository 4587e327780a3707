import { versionCommand } from '../../../shared/cli/version-command.ts';

/** Client and server. */
export const version = versionCommand('netcni');
