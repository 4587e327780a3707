import { explainCommand } from '../../../shared/cli/explain.ts';

/** What a code means. */
export const explain = explainCommand('netcni', 'CNI101');
