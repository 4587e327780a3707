import { UsageError } from '../../../shared/cli/command.ts';
import { parseSelector } from '../../../shared/cli/parse-selector.ts';
import type { LabelSelector, LabelSelectorRequirement } from '../../../shared/model/objects.ts';
import type { NetworkPolicy, NetworkPolicyPeer } from '../../../shared/model/objects-network.ts';
import type { Pod } from '../../../shared/model/objects-pod.ts';
import { namespaceOrDefault } from '../../../shared/model/refs.ts';
import { matchesSelector } from '../../../shared/model/selectors.ts';
import { ALL_PORTS, NO_PORTS, type PortSet, portRange, unionPorts } from '../../../shared/policy/rules/port-set.ts';
import type { Direction } from '../../../shared/policy/rules/rules.ts';
import { addressTextsOf, NAMESPACE_NAME_LABEL } from '../../../shared/policy/rules/units.ts';
import { coversRange, inRange, parseAddress, parseCidr, toCidrs } from '../../../shared/util/addresses.ts';
import { policy } from './build.ts';
import type { Dns } from './dns-rules.ts';
import type { TemplatePromise } from './verify-template.ts';

/** What the command line says about a template. */
export interface TemplateWords {
  readonly namespace: string;
  readonly fromNamespaces: readonly string[];
  readonly cidrs: readonly string[];
  readonly selector: string | undefined;
  readonly clients: readonly string[];
  readonly port: string | undefined;
  readonly dns: Dns;
}

/** The policies of a template, and what it promises that they do: the engine holds the one against the other. */
export interface FromTemplate {
  readonly policies: readonly NetworkPolicy[];
  readonly promises: readonly TemplatePromise[];
  /** Whom it is to let in: where nobody is meant, a label is wrong or the namespace. */
  readonly wanted?: readonly Wanted[];
}

/** Pods that a template was told of. */
export interface Wanted {
  readonly words: string;
  readonly means: (pod: Pod) => boolean;
}

type Template = (words: TemplateWords) => FromTemplate;

function promise(
  direction: Direction,
  pods: LabelSelector,
  withPod: TemplatePromise['withPod'],
  withRange: TemplatePromise['withRange'] = () => NO_PORTS,
): TemplatePromise {
  return { direction, pods, withPod, withRange };
}

/** Nothing leaves but questions for names. */
function namesOnly(pods: LabelSelector, dns: Dns, withPod: (pod: Pod) => PortSet = () => NO_PORTS): TemplatePromise {
  return promise(
    'egress',
    pods,
    (pod) => unionPorts(withPod(pod), dns.withPod(pod)),
    (range) => (dns.isCache(range) ? dns.cachePorts : NO_PORTS),
  );
}

function isIn(namespace: string, { metadata }: Pod): boolean {
  return namespaceOrDefault({ metadata }) === namespace;
}

/** Templates by name. Each throws a UsageError for what it needs and was not given. */
export const TEMPLATES: Readonly<Record<string, Template>> = {
  'deny-all': ({ namespace, dns }) => ({
    policies: [
      policy(namespace, 'deny-all-ingress', {}, 'ingress', []),
      policy(namespace, 'deny-all-egress', {}, 'egress', []),
      policy(namespace, 'allow-dns', {}, 'egress', dns.rules),
    ],
    promises: [promise('ingress', {}, () => NO_PORTS), namesOnly({}, dns)],
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
    const name = named('allow-from', fromNamespaces);
    return {
      policies: [policy(namespace, name, {}, 'ingress', [{ from: peers }])],
      promises: [
        promise('ingress', {}, (pod) => (fromNamespaces.some((name) => isIn(name, pod)) ? ALL_PORTS : NO_PORTS)),
      ],
    };
  },
  database,
  'external-cidr': ({ namespace, cidrs, dns }) => {
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
    const rules = [{ to: blocks.flatMap(toCidrs).map((cidr) => ({ ipBlock: { cidr } })) }, ...dns.rules];
    return {
      policies: [policy(namespace, named('allow-to', cidrs), {}, 'egress', rules)],
      promises: [
        promise(
          'egress',
          {},
          (pod) => (inBlock(pod) ? ALL_PORTS : dns.withPod(pod)),
          (range) =>
            blocks.some((block) => coversRange(block, range))
              ? ALL_PORTS
              : dns.isCache(range)
                ? dns.cachePorts
                : NO_PORTS,
        ),
      ],
    };
  },
  dns: ({ namespace, dns }) => ({
    policies: [policy(namespace, 'allow-dns', {}, 'egress', dns.rules)],
    promises: [namesOnly({}, dns)],
  }),
};

const DATABASE = 'Example: kubectl netpol generate database -l app=db --from app=web --port 5432';

/** Clients on one port, replicas among themselves, and nothing out but that and DNS. */
function database({ namespace, selector, clients, port, dns }: TemplateWords): FromTemplate {
  if (selector === undefined) throw new UsageError('database needs the labels of its pods', DATABASE);
  if (clients.length === 0) throw new UsageError('database needs the labels of its clients', DATABASE);
  const number = Number(port);
  if (port === undefined || !Number.isInteger(number) || number < 1 || number > 65535) {
    throw new UsageError(
      port === undefined ? 'database needs the port' : `--port ${port} is no number between 1 and 65535`,
      DATABASE,
    );
  }
  const pods = plainSelector(selector);
  const own = { podSelector: pods };
  const from = clients.map((text) => clientOf(text, namespace));
  const ingress = [{ from: from.map(({ peer }) => peer), ports: [{ protocol: 'TCP', port: number }] }, { from: [own] }];
  const isOwn = (pod: Pod): boolean => isIn(namespace, pod) && matchesSelector(pods, pod.metadata?.labels);
  const isClient = (pod: Pod): boolean => from.some((client) => client.means(pod));
  const name = named('database', [selector.replaceAll(/[^,]*=/g, '')]);
  return {
    policies: [
      policy(namespace, `${name}-in`, pods, 'ingress', ingress),
      policy(namespace, `${name}-out`, pods, 'egress', [{ to: [own] }, ...dns.rules]),
    ],
    promises: [
      promise('ingress', pods, (pod) => (isOwn(pod) ? ALL_PORTS : isClient(pod) ? portRange('TCP', number) : NO_PORTS)),
      namesOnly(pods, dns, (pod) => (isOwn(pod) ? ALL_PORTS : NO_PORTS)),
    ],
    wanted: from,
  };
}

/** `app=web` of the namespace itself, or `shop:app=web` of another. */
function clientOf(text: string, own: string): Wanted & { readonly peer: NetworkPolicyPeer } {
  const [, space, labels = text] = /^([a-z0-9.-]+):(.+)$/.exec(text) ?? [];
  const podSelector = plainSelector(labels);
  const namespace = space ?? own;
  const peer =
    namespace === own
      ? { podSelector }
      : { namespaceSelector: { matchLabels: { [NAMESPACE_NAME_LABEL]: namespace } }, podSelector };
  return {
    words: `${labels} in namespace ${namespace}`,
    peer,
    means: (pod) => isIn(namespace, pod) && matchesSelector(podSelector, pod.metadata?.labels),
  };
}

/** A selector as people write it: single values under matchLabels. */
function plainSelector(text: string): LabelSelector {
  const all = parseSelector(text).matchExpressions ?? [];
  const isSingle = ({ operator, values }: LabelSelectorRequirement): boolean =>
    operator === 'In' && values?.length === 1;
  const keys = all.map(({ key }) => key);
  // A key that stands twice cannot be written twice in a map.
  const single = all.filter((one) => isSingle(one) && keys.indexOf(one.key) === keys.lastIndexOf(one.key));
  const rest = all.filter((one) => !single.includes(one));
  return {
    ...(single.length === 0
      ? {}
      : { matchLabels: Object.fromEntries(single.map(({ key = '', values = [] }) => [key, values[0] ?? ''])) }),
    ...(rest.length === 0 ? {} : { matchExpressions: rest }),
  };
}

/** A name by what the policy is about, so that a second one does not take the place of the first. */
function named(prefix: string, words: readonly string[]): string {
  const text = words
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  return `${prefix}-${text.replaceAll(/^-+|-+$/g, '')}`.slice(0, 58).replace(/-+$/, '');
}
