import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';

/** One pod. */
export const pod: Command = {
  name: 'pod',
  usage: 'POD',
  summary: 'why this pod has no (working) network',
  about:
    'Takes a pod of the current namespace, pod/NAME or NS/NAME, and looks at its sandbox, its address, its node and the agents there.',
  examples: [
    { line: 'kubectl netcni pod web-6d4cf56db6-x2x7p -n shop', says: 'a pod that hangs in ContainerCreating' },
    { line: 'kubectl netcni pod shop/web-0 --snapshot dump/', says: 'from a recording' },
  ],
  options: [failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'pod',
  run: async (request) => (await import('../actions/pod.ts')).runPod(request),
};
