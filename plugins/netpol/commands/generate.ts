import type { Command } from '../../../shared/cli/command.ts';
import { cniOption } from './options.ts';

/** Policies to start from. */
export const generate: Command = {
  name: 'generate',
  usage: '[TEMPLATE | --allow "A -> B:PORT"]',
  summary: 'write the least policies for given flows, or from a template; nothing is applied',
  about:
    'Templates: deny-all, same-namespace, cross-namespace (--from-namespace), database (-l, --from, --port), external-cidr ' +
    '(--cidr), dns. Without a template and --allow: for the Services of the namespace. Policies are judged before ' +
    'they are printed: what they are for must pass, and nothing else may reach the receivers, nor with --egress leave the ' +
    'senders.',
  examples: [
    { line: 'kubectl netpol generate deny-all -n shop', says: 'a start: deny everything but DNS' },
    { line: 'kubectl netpol generate --allow "deploy/web -> svc/db:5432" -n shop', says: 'the policy for one flow' },
    { line: 'kubectl netpol generate -n shop > policies.yaml', says: 'for what the Services show to be needed' },
    { line: 'kubectl netpol generate database -l app=db --from app=web --port 5432', says: 'a template' },
  ],
  options: [
    { name: 'allow', type: 'array', value: 'FLOW', describe: 'a wanted flow, "A -> B:PORT"; may be repeated' },
    { name: 'egress', type: 'boolean', describe: 'limit what the senders may send as well, with DNS' },
    { name: 'from-namespace', type: 'array', value: 'NS', describe: 'for cross-namespace; may be repeated' },
    { name: 'cidr', type: 'array', value: 'CIDR', describe: 'for external-cidr; may be repeated' },
    {
      name: 'from',
      type: 'array',
      value: 'SELECTOR',
      describe: 'for database: labels of its clients, or NAMESPACE:LABELS; may be repeated',
    },
    { name: 'selector', alias: 'l', type: 'string', value: 'SELECTOR', describe: 'for database: labels of its pods' },
    { name: 'port', type: 'string', value: 'PORT', describe: 'for database: its TCP port' },
    cniOption,
  ],
  formats: ['yaml', 'json'],
  completes: 'nothing',
  run: async (request) => (await import('../actions/generate.ts')).runGenerate(request),
};
