import type { KindName } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/objects.ts';
import { isRecord } from '../../util/records.ts';
import { type FieldType, withTypes } from '../types/field-types.ts';

/**
 * The types of the fields that policies are judged by. A manifest that has another type in their place does not decode:
 * the API server refuses it, and nothing of it may be taken for a rule that is absent.
 */

const SELECTOR: FieldType = {
  fields: {
    matchLabels: { map: 'text' },
    matchExpressions: { list: { fields: { key: 'text', operator: 'text', values: { list: 'text' } } } },
  },
};

const PORTS: FieldType = { list: { fields: { protocol: 'text', port: 'textOrNumber', endPort: 'number' } } };

const PEERS: FieldType = {
  list: {
    fields: {
      podSelector: SELECTOR,
      namespaceSelector: SELECTOR,
      ipBlock: { fields: { cidr: 'text', except: { list: 'text' } } },
    },
  },
};

const NETWORK_POLICY: FieldType = {
  fields: {
    podSelector: SELECTOR,
    policyTypes: { list: 'text' },
    ingress: { list: { fields: { from: PEERS, ports: PORTS } } },
    egress: { list: { fields: { to: PEERS, ports: PORTS } } },
  },
};

const PODS: FieldType = { fields: { namespaceSelector: SELECTOR, podSelector: SELECTOR } };

const ADMIN_PEERS: FieldType = {
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

const RANGE: FieldType = { fields: { protocol: 'text', start: 'number', end: 'number' } };

const ADMIN_PORTS: FieldType = {
  list: {
    fields: { portNumber: { fields: { protocol: 'text', port: 'number' } }, namedPort: 'text', portRange: RANGE },
  },
};

const DESTINATION: FieldType = { fields: { destinationPort: { fields: { number: 'number', range: RANGE } } } };

const PROTOCOLS: FieldType = {
  list: { fields: { tcp: DESTINATION, udp: DESTINATION, sctp: DESTINATION, destinationNamedPort: 'text' } },
};

const ADMIN_RULES: FieldType = {
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

const ADMIN_POLICY: FieldType = {
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
      return nameFault(kind, object) ?? withTypes(spec, NETWORK_POLICY, 'spec').faults[0];
    case 'AdminNetworkPolicy':
    case 'BaselineAdminNetworkPolicy':
    case 'ClusterNetworkPolicy':
      return nameFault(kind, object) ?? withTypes(spec, ADMIN_POLICY, 'spec').faults[0];
    default:
      return undefined;
  }
}

/**
 * A policy as the server has it: a field that is null is one that is absent, a label that is null is an empty one. Entries
 * of lists stay: the server refuses a null among them, and a list without it would say something else. A policy without
 * such a field comes back as it is.
 */
export function withoutNullFields(object: KubeObject): KubeObject {
  return withoutNulls(object) as KubeObject;
}

function withoutNulls(value: unknown, own?: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  if (!isRecord(value)) return value;
  const entries = Object.entries(value);
  const kept = entries.flatMap(([name, inner]) => {
    if (inner !== null) return [[name, withoutNulls(inner, name)] as const];
    return own === 'matchLabels' ? [[name, ''] as const] : [];
  });
  const same = kept.length === entries.length && kept.every(([name, inner]) => inner === value[name]);
  return same ? value : Object.fromEntries(kept);
}

/** The server refuses an object without a name, unless it is to make one up. */
function nameFault(kind: KindName, { metadata }: KubeObject): string | undefined {
  const named = [metadata?.name, metadata?.generateName].some((text) => text !== undefined && text !== '');
  return named ? undefined : `${kind} without metadata.name`;
}
