import { kubeProxySetup } from '../../../../shared/datapath/cni/kube-proxy.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { nameOf, namespaceOf, type Ref } from '../../../../shared/model/refs.ts';
import { nodeKey } from '../../cluster-subject.ts';

/** `node worker-1`, or the file where nobody knows the node. */
export function where({ node, files }: NodeDumps): string {
  return node === undefined ? `the node of ${files[0]?.path ?? 'the dump'}` : `node ${node}`;
}

/** Whom a finding is about: the node, which also lets it meet other findings of that node. */
export function about(dumps: NodeDumps): { readonly subject: Ref; readonly pods?: readonly string[] } {
  const { node, files } = dumps;
  return node === undefined
    ? { subject: { kind: 'File', name: files[0]?.path ?? '' } }
    : { subject: { kind: 'Node', name: node }, pods: [nodeKey(node)] };
}

/** The file that a dump of a tool stands in, with a line: `rules.txt:105`. */
export function place(dumps: NodeDumps, part: unknown, line: number): string {
  const file = dumps.files.find((entry) => entry.dumps.some((dump) => dump === part)) ?? dumps.files[0];
  return line > 0 ? `${file?.path ?? ''}:${line}` : (file?.path ?? '');
}

/** The dump of one kind among those of a node, as `place` takes it. */
export function dumpOf({ files }: NodeDumps, kind: NodeDumps['files'][number]['dumps'][number]['kind']): unknown {
  return files.flatMap((file) => file.dumps).find((dump) => dump.kind === kind);
}

/** Bridges that network plugins put the pods of a node into. */
export function isPodBridge(name: string): boolean {
  return /^(cni0|cbr0|kube-bridge|weave)$/.test(name);
}

/** A fresh kube-proxy on the node writes all rules anew. */
export function restartProxy(index: ClusterIndex, { node }: NodeDumps): readonly Fix[] {
  const elsewhere = kubeProxySetup(index).elsewhere;
  if (elsewhere?.value.includes('k3s') === true) {
    return [
      {
        title: 'restart k3s, which kube-proxy is a part of, on the node',
        command: 'systemctl restart k3s',
        risk: 'low',
      },
    ];
  }
  const pod = index
    .list('Pod')
    .find((entry) => entry.spec?.nodeName === node && node !== undefined && nameOf(entry).startsWith('kube-proxy-'));
  const [namespace, name] = pod === undefined ? ['kube-system', ''] : [namespaceOf(pod), nameOf(pod)];
  if (name !== '') {
    return [
      { title: 'see what it last said', command: `kubectl logs ${name} -n ${namespace} --tail=30`, risk: 'none' },
      {
        title: 'start kube-proxy anew on the node: it writes all rules',
        command: `kubectl delete pod ${name} -n ${namespace}`,
        risk: 'low',
      },
    ];
  }
  return [
    {
      title: 'find kube-proxy of the node',
      command: `kubectl get pods -A -l k8s-app=kube-proxy -o wide${node === undefined ? '' : ` --field-selector spec.nodeName=${node}`}`,
      risk: 'none',
    },
  ];
}
