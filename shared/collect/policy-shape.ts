import type { KindName } from '../model/kinds.ts';
import type { KubeObject } from '../model/objects.ts';

/**
 * The types of the fields that policies are judged by. A manifest that has another type in their place does not decode:
 * the API server refuses it, and nothing of it may be taken for a rule that is absent.
 */
type Shape =
  | 'text'
  | 'number'
  | 'textOrNumber'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly fields: Readonly<Record<string, Shape>> };

const SELECTOR: Shape = {
  fields: {
    matchLabels: { map: 'text' },
    matchExpressions: { list: { fields: { key: 'text', operator: 'text', values: { list: 'text' } } } },
  },
};

const PORTS: Shape = { list: { fields: { protocol: 'text', port: 'textOrNumber', endPort: 'number' } } };

const PEERS: Shape = {
  list: {
    fields: {
      podSelector: SELECTOR,
      namespaceSelector: SELECTOR,
      ipBlock: { fields: { cidr: 'text', except: { list: 'text' } } },
    },
  },
};

const NETWORK_POLICY: Shape = {
  fields: {
    podSelector: SELECTOR,
    policyTypes: { list: 'text' },
    ingress: { list: { fields: { from: PEERS, ports: PORTS } } },
    egress: { list: { fields: { to: PEERS, ports: PORTS } } },
  },
};

const PODS: Shape = { fields: { namespaceSelector: SELECTOR, podSelector: SELECTOR } };

const ADMIN_PEERS: Shape = {
  list: {
    fields: {
      namespaces: SELECTOR,
      pods: PODS,
      nodes: SELECTOR,
      networks: { list: 'text' },
      domainNames: { list: 'text' },
    },
  },
};

const RANGE: Shape = { fields: { protocol: 'text', start: 'number', end: 'number' } };

const ADMIN_PORTS: Shape = {
  list: {
    fields: { portNumber: { fields: { protocol: 'text', port: 'number' } }, namedPort: 'text', portRange: RANGE },
  },
};

const DESTINATION: Shape = { fields: { destinationPort: { fields: { number: 'number', range: RANGE } } } };

const PROTOCOLS: Shape = {
  list: { fields: { tcp: DESTINATION, udp: DESTINATION, sctp: DESTINATION, destinationNamedPort: 'text' } },
};

const ADMIN_RULES: Shape = {
  list: {
    fields: {
      name: 'text',
      action: 'text',
      from: ADMIN_PEERS,
      to: ADMIN_PEERS,
      ports: ADMIN_PORTS,
      protocols: PROTOCOLS,
    },
  },
};

const ADMIN_POLICY: Shape = {
  fields: {
    tier: 'text',
    priority: 'number',
    subject: { fields: { namespaces: SELECTOR, pods: PODS } },
    ingress: ADMIN_RULES,
    egress: ADMIN_RULES,
  },
};

/**
 * The first field of a policy that has another type than in the API: `spec.ingress must be a list`. Undefined for a
 * sound object, and for kinds that are no policy.
 */
export function shapeFault(kind: KindName, object: KubeObject): string | undefined {
  const { spec } = object as { readonly spec?: unknown };
  switch (kind) {
    case 'NetworkPolicy':
      return nameFault(kind, object) ?? faultOf(spec, NETWORK_POLICY, 'spec');
    case 'AdminNetworkPolicy':
    case 'BaselineAdminNetworkPolicy':
    case 'ClusterNetworkPolicy':
      return nameFault(kind, object) ?? faultOf(spec, ADMIN_POLICY, 'spec');
    default:
      return undefined;
  }
}

/** The server refuses an object without a name, unless it is to make one up. */
function nameFault(kind: KindName, { metadata }: KubeObject): string | undefined {
  const named = [metadata?.name, metadata?.generateName].some((text) => text !== undefined && text !== '');
  return named ? undefined : `${kind} without metadata.name`;
}

/** An absent field and null are the same to the API, and an empty field of a manifest is null. */
function faultOf(value: unknown, shape: Shape, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof shape === 'string') return scalarFault(value, shape, path);
  if ('list' in shape) {
    if (!Array.isArray(value)) return `${path} must be a list`;
    for (let at = 0; at < value.length; at++) {
      const fault = faultOf(value[at], shape.list, `${path}[${at}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  if (typeof value !== 'object' || Array.isArray(value)) return `${path} must be a mapping`;
  const record = value as Readonly<Record<string, unknown>>;
  const inner = 'map' in shape ? undefined : shape.fields;
  for (const key in inner ?? record) {
    const own = inner === undefined ? ('map' in shape ? shape.map : undefined) : inner[key];
    const fault = own === undefined ? undefined : faultOf(record[key], own, `${path}.${key}`);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function scalarFault(value: unknown, shape: 'text' | 'number' | 'textOrNumber', path: string): string | undefined {
  if (typeof value === 'object') return `${path} must be ${shape === 'number' ? 'a number' : 'text'}`;
  if (shape === 'number' && typeof value !== 'number') return `${path} must be a number, not ${JSON.stringify(value)}`;
  if (shape !== 'text') return typeof value === 'boolean' ? `${path} must be a number or a name` : undefined;
  // What YAML reads as a number or a truth value is refused where the API wants text.
  if (typeof value === 'string') return undefined;
  return `${path} must be text and is read as ${typeof value === 'number' ? 'the number ' : ''}${String(value)}: write it in quotes`;
}
