import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { isProvenAbsent } from '../../../../shared/model/absence.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { type ClusterSubject, nodeKey } from '../../cluster-subject.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';

const ANNOTATION = 'k8s.v1.cni.cncf.io/networks';

/** Pods that ask Multus for a network that does not exist or cannot be read. */
export const attachmentMissing = defineCheck<ClusterSubject>({
  id: 'netcni/attachment-missing',
  group: 'multus',
  needs: ['NetworkAttachmentDefinition'],
  uses: [...AGENT_USES],
  applies: (_, { index }) => detectNetwork(index).plugins.some(({ name }) => name === 'Multus'),
  run: (_, { index }) =>
    index.list('Pod').flatMap((pod) => {
      const text = pod.metadata?.annotations?.[ANNOTATION];
      // A pod that has its address got all of its networks when it started.
      if (text === undefined || isFinished(pod) || podAddresses(pod).length > 0) return [];
      return wanted(pod, text).flatMap(({ namespace, name }) => {
        const why = whyNot(index, namespace, name);
        if (why === undefined) return [];
        return [
          pluginMessages.CNI704.raise({
            subject: { kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod) },
            args: { pod: `pod ${podKey(pod)}`, network: `${namespace}/${name}`, why },
            severity: 'critical',
            pods: [nodeKey(pod.spec?.nodeName ?? '')],
            evidence: [{ fact: `${ANNOTATION}: ${text}`, source: `Pod ${podKey(pod)} metadata.annotations` }],
          }),
        ];
      });
    }),
});

interface Name {
  readonly namespace: string;
  readonly name: string;
}

/** `a, ns/b@eth1` or a JSON list of {name, namespace}. */
function wanted(pod: Pod, text: string): readonly Name[] {
  if (text.trim().startsWith('[')) {
    try {
      const list = JSON.parse(text) as readonly { readonly name?: string; readonly namespace?: string }[];
      return list.map(({ name = '', namespace }) => ({ name, namespace: namespace ?? namespaceOf(pod) }));
    } catch {
      return [];
    }
  }
  return text
    .split(',')
    .map((part) => part.trim().replace(/@.*$/, ''))
    .filter((part) => part !== '')
    .map((part) => {
      const slash = part.indexOf('/');
      return slash < 0
        ? { namespace: namespaceOf(pod), name: part }
        : { namespace: part.slice(0, slash), name: part.slice(slash + 1) };
    });
}

function whyNot(index: ClusterIndex, namespace: string, name: string): string | undefined {
  const found = index.get('NetworkAttachmentDefinition', namespace, name);
  if (found === undefined) {
    return isProvenAbsent(index, 'NetworkAttachmentDefinition', namespace, name) ? 'which does not exist' : undefined;
  }
  const config = found.spec?.config;
  if (config === undefined || config.trim() === '') return undefined;
  try {
    JSON.parse(config);
    return undefined;
  } catch {
    return 'whose spec.config is not JSON';
  }
}
