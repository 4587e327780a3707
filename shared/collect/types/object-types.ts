import type { KindName } from '../../model/kinds.ts';
import type { ConfigMap, Node, ServiceCIDR } from '../../model/objects.ts';
import { CONDITIONS, type FieldsOf, OBJECT, REFERENCE, TEXT_MAP, TEXTS } from './common.ts';
import type { FieldType } from './field-types.ts';
import { GATEWAY, GATEWAY_ROUTE, GRANT, NETWORK_CONNECT, OWN_NETWORK, ROUTE } from './gateways.ts';
import { ENDPOINTS, INGRESS, SERVICE, SLICE } from './network.ts';
import { POD } from './pods.ts';
import { AUTOSCALER, DISRUPTION_BUDGET, METRICS, QUOTA, REPLICATION, TEMPLATE, WORKLOAD } from './workloads.ts';

const NODE: FieldsOf<Node> = {
  fields: {
    ...OBJECT,
    spec: {
      fields: {
        podCIDR: 'text',
        podCIDRs: TEXTS,
        providerID: 'text',
        unschedulable: 'truth',
        taints: { list: { fields: { key: 'text', value: 'text', effect: 'text' } } },
      },
    },
    status: {
      fields: {
        addresses: { list: { fields: { type: 'text', address: 'text' } } },
        allocatable: { map: 'any' },
        capacity: { map: 'any' },
        conditions: CONDITIONS,
        nodeInfo: TEXT_MAP,
      },
    },
  },
};

const CONFIG_MAP: FieldsOf<ConfigMap> = { fields: { ...OBJECT, data: TEXT_MAP } };

const SERVICE_CIDR: FieldsOf<ServiceCIDR> = { fields: { ...OBJECT, spec: { fields: { cidrs: TEXTS } } } };

/** core/v1 and events.k8s.io/v1, whose names differ. */
const EVENT: FieldType = {
  fields: {
    ...OBJECT,
    type: 'text',
    reason: 'text',
    message: 'text',
    note: 'text',
    count: 'number',
    deprecatedCount: 'number',
    firstTimestamp: 'text',
    lastTimestamp: 'text',
    deprecatedFirstTimestamp: 'text',
    deprecatedLastTimestamp: 'text',
    eventTime: 'text',
    involvedObject: REFERENCE,
    regarding: REFERENCE,
    reportingController: 'text',
    reportingComponent: 'text',
    reportingInstance: 'text',
    source: { fields: { component: 'text', host: 'text' } },
    series: { fields: { count: 'number', lastObservedTime: 'text' } },
  },
};

/** Of kinds that are not known here, what is read where they make pods. */
const OTHERS: FieldType = { fields: { ...OBJECT, spec: { fields: { replicas: 'number', template: TEMPLATE } } } };

const TYPES: Readonly<Partial<Record<KindName, FieldType>>> = {
  ClusterNetworkConnect: NETWORK_CONNECT,
  ClusterUserDefinedNetwork: OWN_NETWORK,
  ConfigMap: CONFIG_MAP,
  CronJob: WORKLOAD,
  DaemonSet: WORKLOAD,
  Deployment: WORKLOAD,
  Endpoints: ENDPOINTS,
  EndpointSlice: SLICE,
  Event: EVENT,
  Gateway: GATEWAY,
  GRPCRoute: GATEWAY_ROUTE,
  HorizontalPodAutoscaler: AUTOSCALER,
  HTTPRoute: GATEWAY_ROUTE,
  Ingress: INGRESS,
  Job: WORKLOAD,
  Node: NODE,
  Pod: POD,
  PodDisruptionBudget: DISRUPTION_BUDGET,
  PodMetrics: METRICS,
  ReferenceGrant: GRANT,
  ReplicaSet: WORKLOAD,
  ReplicationController: REPLICATION,
  ResourceQuota: QUOTA,
  Route: ROUTE,
  Service: SERVICE,
  ServiceCIDR: SERVICE_CIDR,
  StatefulSet: WORKLOAD,
  TCPRoute: GATEWAY_ROUTE,
  TLSRoute: GATEWAY_ROUTE,
  UDPRoute: GATEWAY_ROUTE,
  UserDefinedNetwork: OWN_NETWORK,
};

/** Kinds that are kept as they stand and read all the same. */
const KEPT: Readonly<Record<string, FieldType>> = { ListenerSet: GATEWAY, XListenerSet: GATEWAY };

/** Whether a kind that is only kept is one of those whose fields are known. */
export function isReadAsKept(name: string): boolean {
  return KEPT[name] !== undefined;
}

/** The types of the fields of a kind, by its own name where it is only kept; of others, those of what makes pods. */
export function typesOf(kind: KindName | undefined, name = ''): FieldType {
  return (kind === undefined ? KEPT[name] : TYPES[kind]) ?? OTHERS;
}
