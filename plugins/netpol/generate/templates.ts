import { UsageError } from '../../../shared/cli/command.ts';
import { parseSelector } from '../../../shared/cli/parse-selector.ts';
import type { LabelSelector } from '../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import { NAMESPACE_NAME_LABEL } from '../../../shared/policy/units.ts';
import { parseCidr } from '../../../shared/util/addresses.ts';
import { DNS_RULE, policy } from './build.ts';

/** What the command line says about a template. */
export interface TemplateWords {
  readonly namespace: string;
  readonly fromNamespaces: readonly string[];
  readonly cidrs: readonly string[];
  readonly selector: string | undefined;
  readonly clients: readonly string[];
  readonly port: string | undefined;
}

type Template = (words: TemplateWords) => readonly NetworkPolicy[];

/** Templates by name. Each throws a UsageError for what it needs and was not given. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  'deny-all': ({ namespace }) => [
    policy(namespace, 'deny-all-ingress', {}, 'ingress', []),
    policy(namespace, 'deny-all-egress', {}, 'egress', []),
    policy(namespace, 'allow-dns', {}, 'egress', [DNS_RULE]),
  ],
  'same-namespace': ({ namespace }) => [
    policy(namespace, 'allow-same-namespace', {}, 'ingress', [{ from: [{ podSelector: {} }] }]),
  ],
  'cross-namespace': ({ namespace, fromNamespaces }) => {
    if (fromNamespaces.length === 0) {
      throw new UsageError(
        'cross-namespace needs the namespaces that may come in',
        'Example: kubectl netpol generate cross-namespace --from-namespace monitoring',
      );
    }
    const peers = fromNamespaces.map((name) => ({
      namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: name } },
    }));
    return [policy(namespace, 'allow-namespaces', {}, 'ingress', [{ from: peers }])];
  },
  database,
  'external-cidr': ({ namespace, cidrs }) => {
    if (cidrs.length === 0) {
      throw new UsageError(
        'external-cidr needs the addresses',
        'Example: kubectl netpol generate external-cidr --cidr 203.0.113.0/24',
      );
    }
    const wrong = cidrs.find((cidr) => !cidr.includes('/') || parseCidr(cidr) === undefined);
    if (wrong !== undefined) {
      throw new UsageError(`--cidr ${wrong} is no CIDR block`, 'Example: --cidr 203.0.113.0/24, or 203.0.113.7/32');
    }
    return [
      policy(namespace, 'allow-external', {}, 'egress', [
        { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) },
        DNS_RULE,
      ]),
    ];
  },
  dns: ({ namespace }) => [policy(namespace, 'allow-dns', {}, 'egress', [DNS_RULE])],
};

const DATABASE = 'Example: kubectl netpol generate database -l app=db --from app=web --port 5432';

/** Clients on one port, replicas among themselves, and nothing out but that and DNS. */
function database({ namespace, selector, clients, port }: TemplateWords): readonly NetworkPolicy[] {
  if (selector === undefined) throw new UsageError('database needs the labels of its pods', DATABASE);
  if (clients.length === 0) throw new UsageError('database needs the labels of its clients', DATABASE);
  const number = Number(port);
  if (port === undefined || !Number.isInteger(number) || number < 1 || number > 65535) {
    throw new UsageError(
      port === undefined ? 'database needs the port' : `--port ${port} is no number between 1 and 65535`,
      DATABASE,
    );
  }
  const pods: LabelSelector = parseSelector(selector);
  const own = { podSelector: pods };
  const from = clients.map((text) => ({ podSelector: parseSelector(text) }));
  const ingress = [{ from, ports: [{ protocol: 'TCP', port: number }] }, { from: [own] }];
  return [
    policy(namespace, 'database-clients', pods, 'ingress', ingress),
    policy(namespace, 'database-egress', pods, 'egress', [{ to: [own] }, DNS_RULE]),
  ];
}
