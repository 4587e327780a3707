import { configMaps, entryOf, parseJson } from '../../../../shared/datapath/cni/config-text.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { flannelMessages } from '../../messages/flannel.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** What flanneld registers (flannel-io/flannel pkg/backend), and what older versions did. */
const BACKENDS: ReadonlySet<string> = new Set([
  ...['vxlan', 'host-gw', 'udp', 'wireguard', 'ipip', 'ipsec', 'extension'],
  ...['alloc', 'ali-vpc', 'tencent-vpc', 'aws-vpc', 'gce'],
]);

/** A net-conf.json that is no JSON, names no range, or names a backend that does not exist. */
export const flannelConfigurationBroken = defineFlannelCheck({
  id: 'netcni/flannel-configuration-broken',
  needs: [],
  run: (_, { index }) =>
    [...configMaps(index, 'kube-flannel-cfg'), ...configMaps(index, 'canal-config')].flatMap((map) => {
      const text = entryOf(map, 'net-conf.json');
      if (text === undefined) return [];
      const broken = whatIsWrong(parseJson(text.value));
      if (broken === undefined) return [];
      return [
        flannelMessages.CNI601.raise({
          subject: { kind: 'ConfigMap', namespace: namespaceOf(map), name: nameOf(map) },
          args: { place: `configmap -n ${namespaceOf(map)} ${nameOf(map)}`, what: broken },
          pods: nodeFacts(index).map(({ name }) => nodeKey(name)),
          evidence: [{ fact: shorten(text.value, 160), source: text.source }],
        }),
      ];
    }),
});

function whatIsWrong(conf: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (conf === undefined) return 'is not JSON';
  if (typeof conf.Network !== 'string' && typeof conf.IPv6Network !== 'string') return 'has no Network';
  const type = (conf.Backend as { readonly Type?: unknown } | undefined)?.Type;
  const known = typeof type !== 'string' || type === '' || BACKENDS.has(type.toLowerCase());
  return known ? undefined : `names the backend ${type}, which Flannel does not know`;
}
