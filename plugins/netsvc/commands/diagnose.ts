import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, fromOption, suppressOption } from '../../../shared/cli/common-options.ts';

/** The main job: the true cause, its evidence and the command that mends it. */
export const diagnose: Command = {
  name: 'diagnose',
  usage: 'SERVICE',
  summary: 'name the cause why a Service does not answer, and the fix',
  about:
    'SERVICE is a name, or svc/NAME, pod/NAME, deploy/NAME, sts/NAME, ds/NAME, rs/NAME, ing/NAME: other kinds are ' +
    'followed to the Services involved. The word diagnose may be left out, unless the Service is named like a command.',
  examples: [
    { line: 'kubectl netsvc payment-service', says: 'why does it not answer?' },
    { line: 'kubectl netsvc deploy/web -n shop', says: 'the Services in front of a Deployment' },
    { line: 'kubectl netsvc web --from pod/client', says: 'as seen from one caller' },
    { line: 'kubectl netsvc web -w', says: 'after a fix: again whenever the answer changes' },
    { line: 'kubectl netsvc web --snapshot incident.tar.gz', says: 'from a recording, without a cluster' },
    { line: 'kubectl netsvc web -o json', says: 'for scripts; the exit status is the same' },
  ],
  options: [fromOption, failOnOption, suppressOption],
  formats: DIAGNOSIS_FORMATS,
  watches: true,
  completes: 'target',
  run: async (request) => (await import('../actions/diagnose.ts')).runDiagnose(request),
};
