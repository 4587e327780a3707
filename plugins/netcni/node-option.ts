import type { Option } from '../../shared/cli/command.ts';

/** Which node a question is about. */
export const nodeOption: Option = {
  name: 'node',
  type: 'string',
  value: 'NODE',
  describe: 'only what concerns this node',
};
