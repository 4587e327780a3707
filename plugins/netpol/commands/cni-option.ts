import type { Option } from '../../../shared/cli/command.ts';

/** Which network plugin acts on the policies; it decides what the specification leaves open. */
export const cniOption: Option = {
  name: 'cni',
  type: 'string',
  value: 'NAME',
  describe: 'judge for this network plugin (calico, cilium, flannel, … or none) instead of the one that is found',
};
