import type { Node } from '../model/objects.ts';
import type { Container, ContainerStatus, Pod, PodSpec, PodStatus } from '../model/objects-pod.ts';
import type { PodTemplate, Workload } from '../model/objects-workload.ts';
import type { Fields } from './project.ts';

/**
 * Which fields of the bulky kinds are kept while reading. The compiler compares the lists with `model/objects.ts`: a
 * field added there must be added here, so no check finds a field in a file and misses it on a cluster.
 */

const CONTAINER: Fields<Container> = {
  name: true,
  image: true,
  imagePullPolicy: true,
  command: true,
  args: true,
  env: true,
  envFrom: true,
  ports: true,
  readinessProbe: true,
  livenessProbe: true,
  startupProbe: true,
  restartPolicy: true,
  resources: true,
  lifecycle: true,
};

const POD_SPEC: Fields<PodSpec> = {
  nodeName: true,
  hostNetwork: true,
  hostname: true,
  subdomain: true,
  setHostnameAsFQDN: true,
  dnsPolicy: true,
  enableServiceLinks: true,
  automountServiceAccountToken: true,
  dnsConfig: true,
  hostAliases: true,
  serviceAccountName: true,
  schedulerName: true,
  runtimeClassName: true,
  imagePullSecrets: true,
  topologySpreadConstraints: true,
  priorityClassName: true,
  restartPolicy: true,
  terminationGracePeriodSeconds: true,
  nodeSelector: true,
  affinity: true,
  tolerations: true,
  containers: CONTAINER,
  initContainers: CONTAINER,
  ephemeralContainers: CONTAINER,
  readinessGates: true,
  volumes: {
    name: true,
    secret: { secretName: true, optional: true },
    configMap: { name: true, optional: true, defaultMode: true },
    persistentVolumeClaim: true,
    projected: true,
    hostPath: true,
  },
  schedulingGates: true,
};

const CONTAINER_STATUS: Fields<ContainerStatus> = {
  name: true,
  ready: true,
  started: true,
  restartCount: true,
  image: true,
  imageID: true,
  containerID: true,
  state: true,
  lastState: true,
};

const POD_STATUS: Fields<PodStatus> = {
  phase: true,
  reason: true,
  message: true,
  podIP: true,
  podIPs: true,
  hostIP: true,
  hostIPs: true,
  startTime: true,
  qosClass: true,
  conditions: true,
  containerStatuses: CONTAINER_STATUS,
  initContainerStatuses: CONTAINER_STATUS,
  ephemeralContainerStatuses: CONTAINER_STATUS,
  nominatedNodeName: true,
};

export const POD: Fields<Pod> = { apiVersion: true, kind: true, metadata: true, spec: POD_SPEC, status: POD_STATUS };

const POD_TEMPLATE: Fields<PodTemplate> = { metadata: true, spec: POD_SPEC };

export const WORKLOAD: Fields<Workload> = {
  apiVersion: true,
  kind: true,
  metadata: true,
  spec: {
    replicas: true,
    paused: true,
    minReadySeconds: true,
    progressDeadlineSeconds: true,
    revisionHistoryLimit: true,
    serviceName: true,
    podManagementPolicy: true,
    parallelism: true,
    completions: true,
    suspend: true,
    selector: true,
    template: POD_TEMPLATE,
    strategy: true,
    updateStrategy: true,
    jobTemplate: { spec: { template: POD_TEMPLATE } },
  },
  status: true,
};

/** The images that a node holds are most of its size. */
export const NODE: Fields<Node> = {
  apiVersion: true,
  kind: true,
  metadata: true,
  spec: true,
  status: {
    addresses: true,
    allocatable: true,
    capacity: true,
    conditions: true,
    nodeInfo: true,
  },
};
