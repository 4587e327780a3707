import type {
  HorizontalPodAutoscaler,
  PodDisruptionBudget,
  PodMetrics,
  PodTemplate,
  ResourceQuota,
  Workload,
} from '../../model/objects-workload.ts';
import { CONDITIONS, type FieldsOf, META, OBJECT, SELECTOR, TEXT_MAP } from './common.ts';
import type { FieldType } from './field-types.ts';
import { POD_SPEC } from './pods.ts';

export const TEMPLATE: FieldsOf<PodTemplate> = { fields: { metadata: META, spec: POD_SPEC } };

const WORKLOAD_SPEC: FieldsOf<NonNullable<Workload['spec']>> = {
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
};

export const WORKLOAD: FieldsOf<Workload> = {
  fields: {
    ...OBJECT,
    spec: WORKLOAD_SPEC,
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

/** The one workload whose selector is a plain map. */
export const REPLICATION: FieldType = {
  fields: { ...WORKLOAD.fields, spec: { fields: { ...WORKLOAD_SPEC.fields, selector: TEXT_MAP } } },
};

export const AUTOSCALER: FieldsOf<HorizontalPodAutoscaler> = {
  fields: {
    ...OBJECT,
    spec: {
      fields: {
        minReplicas: 'number',
        maxReplicas: 'number',
        scaleTargetRef: { fields: { apiVersion: 'text', kind: 'text', name: 'text' } },
      },
    },
    status: {
      fields: {
        currentReplicas: 'number',
        desiredReplicas: 'number',
        lastScaleTime: 'text',
        conditions: CONDITIONS,
      },
    },
  },
};

export const DISRUPTION_BUDGET: FieldsOf<PodDisruptionBudget> = {
  fields: {
    ...OBJECT,
    spec: { fields: { selector: SELECTOR, minAvailable: 'textOrNumber', maxUnavailable: 'textOrNumber' } },
    status: { fields: { disruptionsAllowed: 'number', currentHealthy: 'number', desiredHealthy: 'number' } },
  },
};

export const QUOTA: FieldsOf<ResourceQuota> = {
  fields: {
    ...OBJECT,
    spec: { fields: { hard: { map: 'any' } } },
    status: { fields: { hard: { map: 'any' }, used: { map: 'any' } } },
  },
};

export const METRICS: FieldsOf<PodMetrics> = {
  fields: {
    ...OBJECT,
    timestamp: 'text',
    window: 'text',
    containers: { list: { fields: { name: 'text', usage: TEXT_MAP } } },
  },
};
