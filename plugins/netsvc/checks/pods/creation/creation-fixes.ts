import type { Fix } from '../../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../../shared/model/cluster-index.ts';
import type { CreateFailure } from '../../../../../shared/model/create-failures.ts';
import type { Ref } from '../../../../../shared/model/refs.ts';
import { isPatchable, patchTemplateSpec, tryAtOnce } from '../containers/workload-commands.ts';
import type { Refusal } from './creation-refusals.ts';
import { limitRangeFix } from './limit-range-fix.ts';
import { podSecurityFix } from './pod-security-fix.ts';
import { quotaFixes } from './quota-fixes.ts';

/** What removes the refusal, or shows more of it. */
export function creationFixes(index: ClusterIndex, refusal: Refusal, failure: CreateFailure): readonly Fix[] {
  const { workload } = refusal;
  const namespace = workload.ref.namespace ?? '';
  switch (failure.is) {
    case 'quota':
    case 'quota-unstated':
      return quotaFixes(index, refusal, failure);
    case 'service-account':
      return [
        {
          title: 'create the service account',
          command: `kubectl create serviceaccount ${failure.name} -n ${namespace}`,
          risk: 'none',
          undo: `kubectl delete serviceaccount ${failure.name} -n ${namespace}`,
        },
        ...tryAtOnce(workload),
        ...(isPatchable(workload.ref)
          ? [
              {
                title: 'or use the one that always exists',
                command: patchTemplateSpec(workload.ref, { serviceAccountName: 'default' }),
                risk: 'low' as const,
                undo: patchTemplateSpec(workload.ref, { serviceAccountName: failure.name }),
              },
            ]
          : []),
      ];
    case 'pod-security':
      return [
        ...podSecurityFix(workload, failure.text),
        {
          title: 'see which fields the level asks for, then change the template',
          command: `kubectl label --dry-run=server --overwrite namespace ${namespace} pod-security.kubernetes.io/enforce=${failure.level.split(':')[0] ?? ''}`,
          risk: 'none',
        },
      ];
    case 'limit-range':
      return [
        ...limitRangeFix(workload, failure.text),
        { title: 'see the limits', command: `kubectl describe limitrange -n ${namespace}`, risk: 'none' },
      ];
    case 'webhook-denied':
    case 'webhook-unreachable':
      return [
        ...(failure.is === 'webhook-unreachable' ? calledService(failure.text) : []),
        {
          title: 'find the webhook and the Service that it calls',
          command: `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml | grep -B3 -A12 ${failure.webhook}`,
          risk: 'none',
        },
      ];
    default:
      return [
        ...policyFix(failure),
        ...missingClassFix(workload.ref, failure),
        {
          title: 'see what is refused',
          command: `kubectl describe ${workload.kind.toLowerCase()} ${workload.ref.name} -n ${namespace}`,
          risk: 'none',
        },
      ];
  }
}

/** The API server names the Service behind a webhook in the address that it called: `https://istiod.istio-system.svc:443/…`. */
function calledService(text: string): readonly Fix[] {
  const [, name, namespace] = /https:\/\/([a-z0-9-]+)\.([a-z0-9-]+)\.svc\b/.exec(text) ?? [];
  if (name === undefined || namespace === undefined) return [];
  return [
    {
      title: 'see why the Service of the webhook does not answer',
      command: `kubectl netsvc ${name} -n ${namespace}`,
      risk: 'none',
    },
  ];
}

/** Classes that a pod may do without: it then gets what the cluster gives by default. */
const CLASSES = [
  {
    words: /no PriorityClass with name (\S+) was found/,
    field: 'priorityClassName',
    kind: 'priority class',
    list: 'priorityclasses',
  },
  {
    words: /RuntimeClass "([^"]+)" not found/,
    field: 'runtimeClassName',
    kind: 'runtime class',
    list: 'runtimeclasses',
  },
] as const;

function missingClassFix(owner: Ref, failure: CreateFailure): readonly Fix[] {
  if (failure.is !== 'other' || !isPatchable(owner)) return [];
  return CLASSES.flatMap(({ words, field, kind, list }): readonly Fix[] => {
    const name = words.exec(failure.text)?.[1];
    if (name === undefined) return [];
    return [
      {
        title: `do without the ${kind}`,
        command: patchTemplateSpec(owner, { [field]: null }),
        risk: 'low',
        undo: patchTemplateSpec(owner, { [field]: name }),
      },
      { title: 'see which there are', command: `kubectl get ${list}`, risk: 'none' },
    ];
  });
}

/** The policy says what it asks of pods. */
function policyFix(failure: CreateFailure): readonly Fix[] {
  const name = failure.is === 'policy' ? /ValidatingAdmissionPolicy '([^']+)'/.exec(failure.text)?.[1] : undefined;
  if (name === undefined) return [];
  return [
    {
      title: 'see what the policy asks of pods, then change the template',
      command: `kubectl get validatingadmissionpolicy ${name} -o yaml`,
      risk: 'none',
    },
  ];
}
