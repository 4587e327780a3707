import { UsageError } from '../../../shared/cli/command.ts';
import { parseSelector } from '../../../shared/cli/parse-selector.ts';
import type { LabelSelector } from '../../../shared/model/objects.ts';
import type { NetworkPolicy } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, unionPorts } from '../../../shared/policy/port-set.ts';
import type { Direction } from '../../../shared/policy/rules.ts';
import { addressTextsOf, NAMESPACE_NAME_LABEL } from '../../../shared/policy/units.ts';
import { coversRange, inRange, parseAddress, parseCidr, toCidrs } from '../../../shared/util/addresses.ts';
import { DNS_RULE, policy } from './build.ts';
import type { TemplatePromise } from './verify-template.ts';

/** What the command line says about a template. */
export interface TemplateWords {
  readonly namespace: string;
  readonly fromNamespaces: readonly string[];
  readonly cidrs: readonly string[];
  readonly selector: string | undefined;
  readonly clients: readonly string[];
  readonly port: string | undefined;
}

/** The policies of a template, and what it promises that they do: the engine holds the one against the other. */
export interface FromTemplate {
  readonly policies: readonly NetworkPolicy[];
  readonly promises: readonly TemplatePromise[];
}

type Template = (words: TemplateWords) => FromTemplate;

const DNS_PORTS: PortSet = unionPorts(portRange('UDP', 53), portRange('TCP', 53));

/** Questions to the DNS pods of the cluster. */
function dnsOf({ metadata }: Pod): PortSet {
  return metadata?.namespace === 'kube-system' && metadata.labels?.['k8s-app'] === 'kube-dns' ? DNS_PORTS : NO_PORTS;
}

function promise(
  direction: Direction,
  pods: LabelSelector,
  withPod: TemplatePromise['withPod'],
  withRange: TemplatePromise['withRange'] = () => NO_PORTS,
): TemplatePromise {
  return { direction, pods, withPod, withRange };
}

function isIn(namespace: string, { metadata }: Pod): boolean {
  return (metadata?.namespace || 'default') === namespace;
}

/** Templates by name. Each throws a UsageError for what it needs and was not given. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  'deny-all': ({ namespace }) => ({
    policies: [
      policy(namespace, 'deny-all-ingress', {}, 'ingress', []),
      policy(namespace, 'deny-all-egress', {}, 'egress', []),
      policy(namespace, 'allow-dns', {}, 'egress', [DNS_RULE]),
    ],
    promises: [promise('ingress', {}, () => NO_PORTS), promise('egress', {}, dnsOf)],
  }),
  'same-namespace': ({ namespace }) => ({
    policies: [policy(namespace, 'allow-same-namespace', {}, 'ingress', [{ from: [{ podSelector: {} }] }])],
    promises: [promise('ingress', {}, (pod) => (isIn(namespace, pod) ? ALL_PORTS : NO_PORTS))],
  }),
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
    return {
      policies: [policy(namespace, 'allow-namespaces', {}, 'ingress', [{ from: peers }])],
      promises: [
        promise('ingress', {}, (pod) => (fromNamespaces.some((name) => isIn(name, pod)) ? ALL_PORTS : NO_PORTS)),
      ],
    };
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
    const blocks = cidrs.flatMap((cidr) => parseCidr(cidr) ?? []);
    // Pods whose address lies in a block are meant as well.
    const inBlock = (pod: Pod): boolean =>
      addressTextsOf(pod)
        .flatMap((text) => parseAddress(text) ?? [])
        .some((address) => blocks.some((block) => inRange(block, address)));
    const rules = [{ to: blocks.flatMap(toCidrs).map((cidr) => ({ ipBlock: { cidr } })) }, DNS_RULE];
    return {
      policies: [policy(namespace, 'allow-external', {}, 'egress', rules)],
      promises: [
        promise(
          'egress',
          {},
          (pod) => (inBlock(pod) ? ALL_PORTS : dnsOf(pod)),
          (range) => (blocks.some((block) => coversRange(block, range)) ? ALL_PORTS : NO_PORTS),
        ),
      ],
    };
  },
  dns: ({ namespace }) => ({
    policies: [policy(namespace, 'allow-dns', {}, 'egress', [DNS_RULE])],
    promises: [promise('egress', {}, dnsOf)],
  }),
};

const DATABASE = 'Example: kubectl netpol generate database -l app=db --from app=web --port 5432';

/** Clients on one port, replicas among themselves, and nothing out but that and DNS. */
function database({ namespace, selector, clients, port }: TemplateWords): FromTemplate {
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
  const isOwn = (pod: Pod): boolean => isIn(namespace, pod) && matchesSelector(pods, pod.metadata?.labels);
  const isClient = (pod: Pod): boolean =>
    isIn(namespace, pod) && from.some(({ podSelector }) => matchesSelector(podSelector, pod.metadata?.labels));
  return {
    policies: [
      policy(namespace, 'database-clients', pods, 'ingress', ingress),
      policy(namespace, 'database-egress', pods, 'egress', [{ to: [own] }, DNS_RULE]),
    ],
    promises: [
      promise('ingress', pods, (pod) => (isOwn(pod) ? ALL_PORTS : isClient(pod) ? portRange('TCP', number) : NO_PORTS)),
      promise('egress', pods, (pod) => (isOwn(pod) ? ALL_PORTS : dnsOf(pod))),
    ],
  };
}
