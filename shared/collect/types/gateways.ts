/** What is read of the Gateway API, of OpenShift's Routes and of what makes networks. */
import { CONDITIONS, OBJECT, SELECTOR, TEXTS } from './common.ts';
import type { FieldType } from './field-types.ts';

/** An object with the given fields in its spec. */
function withSpec(fields: Readonly<Record<string, FieldType>>, status: FieldType = 'any'): FieldType {
  return { fields: { ...OBJECT, spec: { fields }, status } };
}

const listOf = (fields: Readonly<Record<string, FieldType>>): FieldType => ({ list: { fields } });

const REF = { group: 'text', kind: 'text', namespace: 'text', name: 'text', port: 'number' } as const;
const PARENT = { ...REF, sectionName: 'text' } as const;

const FILTERS = listOf({
  requestMirror: {
    fields: { backendRef: { fields: REF }, percent: 'number', fraction: { fields: { numerator: 'number' } } },
  },
});

export const GATEWAY = withSpec({
  listeners: listOf({
    name: 'text',
    port: 'number',
    protocol: 'text',
    hostname: 'text',
    allowedRoutes: {
      fields: {
        namespaces: { fields: { from: 'text', selector: SELECTOR } },
        kinds: listOf({ kind: 'text' }),
      },
    },
  }),
});

export const GATEWAY_ROUTE = withSpec(
  {
    parentRefs: listOf(PARENT),
    hostnames: TEXTS,
    rules: listOf({ backendRefs: listOf({ ...REF, weight: 'number', filters: FILTERS }), filters: FILTERS }),
  },
  { fields: { parents: listOf({ parentRef: { fields: PARENT }, conditions: CONDITIONS }) } },
);

export const GRANT = withSpec({
  from: listOf({ group: 'text', kind: 'text', namespace: 'text' }),
  to: listOf({ group: 'text', kind: 'text', name: 'text' }),
});

const TARGET = { kind: 'text', name: 'text', weight: 'number' } as const;

export const ROUTE = withSpec({
  to: { fields: TARGET },
  alternateBackends: listOf(TARGET),
  port: { fields: { targetPort: 'textOrNumber' } },
});

const NETWORK = { layer2: { fields: { role: 'text' } }, layer3: { fields: { role: 'text' } } } as const;

export const OWN_NETWORK = withSpec({ ...NETWORK, namespaceSelector: SELECTOR, network: { fields: NETWORK } });

export const NETWORK_CONNECT = withSpec({
  connectivity: TEXTS,
  networkSelectors: listOf({
    clusterUserDefinedNetworkSelector: { fields: { networkSelector: SELECTOR } },
    primaryUserDefinedNetworkSelector: { fields: { namespaceSelector: SELECTOR } },
  }),
});
