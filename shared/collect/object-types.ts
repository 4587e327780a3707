import type { KindName } from '../model/kinds.ts';
import type {
  Condition,
  ConfigMap,
  LabelSelector,
  Node,
  ObjectMeta,
  ObjectReference,
  ServiceCIDR,
} from '../model/objects.ts';
import type {
  EndpointAddress,
  EndpointSlice,
  Endpoints,
  Ingress,
  IngressBackend,
  Service,
} from '../model/objects-network.ts';
import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodSpec,
  PodStatus,
  Probe,
} from '../model/objects-pod.ts';
import type { PodTemplate, Workload } from '../model/objects-workload.ts';
import type { FieldType } from './field-types.ts';

/**
 * The types of the fields that checks read, for the kinds that people write by hand. The compiler compares them with
 * `shared/model`: a field added there must be added here.
 */
type TypeOf<T> = 'any' | KnownType<T>;

type KnownType<T> = unknown extends T
  ? never
  : [T] extends [string]
    ? 'text'
    : [T] extends [number]
      ? 'number'
      : [T] extends [boolean]
        ? 'truth'
        : [T] extends [string | number]
          ? 'textOrNumber'
          : T extends readonly (infer E)[]
            ? { readonly list: TypeOf<NonNullable<E>> }
            : string extends keyof T
              ? { readonly map: TypeOf<NonNullable<T[keyof T]>> }
              : FieldsOf<T>;

type FieldsOf<T> = { readonly fields: { readonly [K in keyof Required<T>]: TypeOf<NonNullable<T[K]>> } };

const TEXTS = { list: 'text' } as const;
const TEXT_MAP = { map: 'text' } as const;
const AMOUNTS = { map: 'textOrNumber' } as const;
const NAMED = { list: { fields: { name: 'text' } } } as const;
const IPS = { list: { fields: { ip: 'text' } } } as const;

const META: FieldsOf<ObjectMeta> = {
  fields: {
    name: 'text',
    generateName: 'text',
    namespace: 'text',
    uid: 'text',
    labels: TEXT_MAP,
    annotations: TEXT_MAP,
    creationTimestamp: 'text',
    deletionTimestamp: 'text',
    deletionGracePeriodSeconds: 'number',
    generation: 'number',
    resourceVersion: 'text',
    ownerReferences: {
      list: { fields: { apiVersion: 'text', kind: 'text', name: 'text', uid: 'text', controller: 'truth' } },
    },
    finalizers: TEXTS,
    managedFields: {
      list: { fields: { manager: 'text', operation: 'text', time: 'text', subresource: 'text', fieldsV1: 'any' } },
    },
  },
};

const OBJECT = { apiVersion: 'any', kind: 'any', metadata: META } as const;

const CONDITIONS: { readonly list: FieldsOf<Condition> } = {
  list: {
    fields: {
      type: 'text',
      status: 'text',
      reason: 'text',
      message: 'text',
      lastTransitionTime: 'text',
      // Null in most pods, and read by nobody but with care.
      lastProbeTime: 'any',
    },
  },
};

const REFERENCE: FieldsOf<ObjectReference> = {
  fields: { apiVersion: 'text', kind: 'text', namespace: 'text', name: 'text', uid: 'text', fieldPath: 'text' },
};

const SELECTOR: FieldsOf<LabelSelector> = {
  fields: {
    matchLabels: TEXT_MAP,
    matchExpressions: { list: { fields: { key: 'text', operator: 'text', values: TEXTS } } },
  },
};

const COMMAND = { fields: { command: TEXTS } } as const;

const PROBE: FieldsOf<Probe> = {
  fields: {
    httpGet: {
      fields: {
        path: 'text',
        port: 'textOrNumber',
        host: 'text',
        scheme: 'text',
        httpHeaders: { list: { fields: { name: 'text', value: 'text' } } },
      },
    },
    tcpSocket: { fields: { port: 'textOrNumber', host: 'text' } },
    exec: COMMAND,
    grpc: { fields: { port: 'number', service: 'text' } },
    initialDelaySeconds: 'number',
    periodSeconds: 'number',
    timeoutSeconds: 'number',
    successThreshold: 'number',
    failureThreshold: 'number',
    terminationGracePeriodSeconds: 'number',
  },
};

const OPTIONAL_NAME = { fields: { name: 'text', optional: 'truth' } } as const;
const KEY_REFERENCE = { fields: { name: 'text', key: 'text', optional: 'truth' } } as const;

const CONTAINERS: { readonly list: FieldsOf<Container> } = {
  list: {
    fields: {
      name: 'text',
      image: 'text',
      imagePullPolicy: 'text',
      command: TEXTS,
      args: TEXTS,
      env: {
        list: {
          fields: {
            name: 'text',
            value: 'text',
            valueFrom: {
              fields: {
                fieldRef: { fields: { fieldPath: 'text' } },
                configMapKeyRef: KEY_REFERENCE,
                secretKeyRef: KEY_REFERENCE,
              },
            },
          },
        },
      },
      envFrom: { list: { fields: { prefix: 'text', configMapRef: OPTIONAL_NAME, secretRef: OPTIONAL_NAME } } },
      ports: {
        list: {
          fields: { name: 'text', containerPort: 'number', protocol: 'text', hostPort: 'number', hostIP: 'text' },
        },
      },
      readinessProbe: PROBE,
      livenessProbe: PROBE,
      startupProbe: PROBE,
      restartPolicy: 'text',
      resources: { fields: { limits: AMOUNTS, requests: AMOUNTS } },
      lifecycle: { fields: { postStart: { fields: { exec: COMMAND } } } },
    },
  },
};

const POD_SPEC: FieldsOf<PodSpec> = {
  fields: {
    nodeName: 'text',
    hostNetwork: 'truth',
    hostname: 'text',
    subdomain: 'text',
    setHostnameAsFQDN: 'truth',
    dnsPolicy: 'text',
    enableServiceLinks: 'truth',
    dnsConfig: {
      fields: {
        nameservers: TEXTS,
        searches: TEXTS,
        options: { list: { fields: { name: 'text', value: 'text' } } },
      },
    },
    hostAliases: { list: { fields: { ip: 'text', hostnames: TEXTS } } },
    serviceAccountName: 'text',
    priorityClassName: 'text',
    restartPolicy: 'text',
    terminationGracePeriodSeconds: 'number',
    nodeSelector: TEXT_MAP,
    affinity: 'any',
    tolerations: {
      list: {
        fields: { key: 'text', operator: 'text', value: 'text', effect: 'text', tolerationSeconds: 'number' },
      },
    },
    containers: CONTAINERS,
    initContainers: CONTAINERS,
    ephemeralContainers: CONTAINERS,
    readinessGates: { list: { fields: { conditionType: 'text' } } },
    volumes: {
      list: {
        fields: {
          name: 'text',
          secret: { fields: { secretName: 'text', optional: 'truth' } },
          configMap: OPTIONAL_NAME,
          persistentVolumeClaim: { fields: { claimName: 'text' } },
          projected: 'any',
          hostPath: { fields: { path: 'text' } },
        },
      },
    },
    schedulingGates: NAMED,
    schedulerName: 'text',
    runtimeClassName: 'text',
    imagePullSecrets: NAMED,
    topologySpreadConstraints: {
      list: {
        fields: { topologyKey: 'text', maxSkew: 'number', whenUnsatisfiable: 'text', nodeTaintsPolicy: 'text' },
      },
    },
  },
};

const STATE: FieldsOf<ContainerState> = {
  fields: {
    waiting: { fields: { reason: 'text', message: 'text' } },
    running: { fields: { startedAt: 'text' } },
    terminated: {
      fields: {
        exitCode: 'number',
        signal: 'number',
        reason: 'text',
        message: 'text',
        startedAt: 'text',
        finishedAt: 'text',
      },
    },
  },
};

const STATUSES: { readonly list: FieldsOf<ContainerStatus> } = {
  list: {
    fields: {
      name: 'text',
      ready: 'truth',
      started: 'truth',
      restartCount: 'number',
      image: 'text',
      imageID: 'text',
      containerID: 'text',
      state: STATE,
      lastState: STATE,
    },
  },
};

const POD_STATUS: FieldsOf<PodStatus> = {
  fields: {
    phase: 'text',
    reason: 'text',
    message: 'text',
    podIP: 'text',
    podIPs: IPS,
    hostIP: 'text',
    hostIPs: IPS,
    startTime: 'text',
    qosClass: 'text',
    conditions: CONDITIONS,
    containerStatuses: STATUSES,
    initContainerStatuses: STATUSES,
    ephemeralContainerStatuses: STATUSES,
    nominatedNodeName: 'text',
  },
};

const POD: FieldsOf<Pod> = { fields: { ...OBJECT, spec: POD_SPEC, status: POD_STATUS } };

const TEMPLATE: FieldsOf<PodTemplate> = { fields: { metadata: META, spec: POD_SPEC } };

const WORKLOAD: FieldsOf<Workload> = {
  fields: {
    ...OBJECT,
    spec: {
      fields: {
        replicas: 'number',
        paused: 'truth',
        minReadySeconds: 'number',
        progressDeadlineSeconds: 'number',
        revisionHistoryLimit: 'number',
        serviceName: 'text',
        podManagementPolicy: 'text',
        parallelism: 'number',
        completions: 'number',
        suspend: 'truth',
        selector: SELECTOR,
        template: TEMPLATE,
        strategy: {
          fields: {
            type: 'text',
            rollingUpdate: { fields: { maxSurge: 'textOrNumber', maxUnavailable: 'textOrNumber' } },
          },
        },
        updateStrategy: { fields: { type: 'text', rollingUpdate: { fields: { partition: 'number' } } } },
        jobTemplate: { fields: { spec: { fields: { template: TEMPLATE } } } },
      },
    },
    status: {
      fields: {
        replicas: 'number',
        readyReplicas: 'number',
        availableReplicas: 'number',
        unavailableReplicas: 'number',
        updatedReplicas: 'number',
        observedGeneration: 'number',
        currentRevision: 'text',
        updateRevision: 'text',
        desiredNumberScheduled: 'number',
        currentNumberScheduled: 'number',
        updatedNumberScheduled: 'number',
        numberReady: 'number',
        numberAvailable: 'number',
        numberUnavailable: 'number',
        numberMisscheduled: 'number',
        // A count in Jobs, a list in CronJobs.
        active: 'any',
        succeeded: 'number',
        failed: 'number',
        conditions: CONDITIONS,
      },
    },
  },
};

const INGRESS_POINTS = { list: { fields: { ip: 'text', hostname: 'text', ipMode: 'text' } } } as const;

const SERVICE: FieldsOf<Service> = {
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

const SLICE: FieldsOf<EndpointSlice> = {
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

const ENDPOINTS: FieldsOf<Endpoints> = {
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

const INGRESS: FieldsOf<Ingress> = {
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

const OTHERS: FieldType = { fields: OBJECT };

const TYPES: Readonly<Partial<Record<KindName, FieldType>>> = {
  ConfigMap: CONFIG_MAP,
  CronJob: WORKLOAD,
  DaemonSet: WORKLOAD,
  Deployment: WORKLOAD,
  Endpoints: ENDPOINTS,
  EndpointSlice: SLICE,
  Event: EVENT,
  Ingress: INGRESS,
  Job: WORKLOAD,
  Node: NODE,
  Pod: POD,
  ReplicaSet: WORKLOAD,
  Service: SERVICE,
  ServiceCIDR: SERVICE_CIDR,
  StatefulSet: WORKLOAD,
};

/** The types of the fields of a kind; for kinds of which none are known here, those of its metadata. */
export function typesOf(kind: KindName | undefined): FieldType {
  return (kind === undefined ? undefined : TYPES[kind]) ?? OTHERS;
}
