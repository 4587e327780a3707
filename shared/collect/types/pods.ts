import type {
  Container,
  ContainerState,
  ContainerStatus,
  Pod,
  PodSpec,
  PodStatus,
  Probe,
} from '../../model/objects-pod.ts';
import { AMOUNTS, CONDITIONS, type FieldsOf, IPS, NAMED, OBJECT, TEXT_MAP, TEXTS } from './common.ts';

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

export const POD_SPEC: FieldsOf<PodSpec> = {
  fields: {
    nodeName: 'text',
    hostNetwork: 'truth',
    hostname: 'text',
    subdomain: 'text',
    setHostnameAsFQDN: 'truth',
    dnsPolicy: 'text',
    enableServiceLinks: 'truth',
    automountServiceAccountToken: 'truth',
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
          configMap: { fields: { ...OPTIONAL_NAME.fields, defaultMode: 'number' } },
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

export const POD: FieldsOf<Pod> = { fields: { ...OBJECT, spec: POD_SPEC, status: POD_STATUS } };
