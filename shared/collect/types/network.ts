import type {
  EndpointAddress,
  EndpointSlice,
  Endpoints,
  Ingress,
  IngressBackend,
  Service,
} from '../../model/objects-network.ts';
import { CONDITIONS, type FieldsOf, NAMED, OBJECT, REFERENCE, TEXT_MAP, TEXTS } from './common.ts';

const INGRESS_POINTS = { list: { fields: { ip: 'text', hostname: 'text', ipMode: 'text' } } } as const;

export const SERVICE: FieldsOf<Service> = {
  fields: {
    ...OBJECT,
    spec: {
      fields: {
        type: 'text',
        selector: TEXT_MAP,
        ports: {
          list: {
            fields: {
              name: 'text',
              protocol: 'text',
              port: 'number',
              targetPort: 'textOrNumber',
              nodePort: 'number',
              appProtocol: 'text',
            },
          },
        },
        clusterIP: 'text',
        clusterIPs: TEXTS,
        ipFamilies: TEXTS,
        ipFamilyPolicy: 'text',
        externalName: 'text',
        externalIPs: TEXTS,
        externalTrafficPolicy: 'text',
        internalTrafficPolicy: 'text',
        trafficDistribution: 'text',
        healthCheckNodePort: 'number',
        loadBalancerIP: 'text',
        loadBalancerClass: 'text',
        loadBalancerSourceRanges: TEXTS,
        allocateLoadBalancerNodePorts: 'truth',
        publishNotReadyAddresses: 'truth',
        sessionAffinity: 'text',
        sessionAffinityConfig: { fields: { clientIP: { fields: { timeoutSeconds: 'number' } } } },
      },
    },
    status: { fields: { loadBalancer: { fields: { ingress: INGRESS_POINTS } }, conditions: CONDITIONS } },
  },
};

export const SLICE: FieldsOf<EndpointSlice> = {
  fields: {
    ...OBJECT,
    addressType: 'text',
    endpoints: {
      list: {
        fields: {
          addresses: TEXTS,
          conditions: { fields: { ready: 'truth', serving: 'truth', terminating: 'truth' } },
          hostname: 'text',
          nodeName: 'text',
          zone: 'text',
          targetRef: REFERENCE,
          hints: { fields: { forZones: NAMED, forNodes: NAMED } },
        },
      },
    },
    ports: { list: { fields: { name: 'text', protocol: 'text', port: 'number', appProtocol: 'text' } } },
  },
};

const ADDRESSES: { readonly list: FieldsOf<EndpointAddress> } = {
  list: { fields: { ip: 'text', hostname: 'text', nodeName: 'text', targetRef: REFERENCE } },
};

export const ENDPOINTS: FieldsOf<Endpoints> = {
  fields: {
    ...OBJECT,
    subsets: {
      list: {
        fields: {
          addresses: ADDRESSES,
          notReadyAddresses: ADDRESSES,
          ports: { list: { fields: { name: 'text', port: 'number', protocol: 'text' } } },
        },
      },
    },
  },
};

const BACKEND: FieldsOf<IngressBackend> = {
  fields: {
    service: { fields: { name: 'text', port: { fields: { name: 'text', number: 'number' } } } },
    resource: { fields: { apiGroup: 'text', kind: 'text', name: 'text' } },
  },
};

export const INGRESS: FieldsOf<Ingress> = {
  fields: {
    ...OBJECT,
    spec: {
      fields: {
        ingressClassName: 'text',
        defaultBackend: BACKEND,
        rules: {
          list: {
            fields: {
              host: 'text',
              http: {
                fields: { paths: { list: { fields: { path: 'text', pathType: 'text', backend: BACKEND } } } },
              },
            },
          },
        },
        tls: { list: { fields: { hosts: TEXTS, secretName: 'text' } } },
      },
    },
    status: { fields: { loadBalancer: { fields: { ingress: INGRESS_POINTS } } } },
  },
};
