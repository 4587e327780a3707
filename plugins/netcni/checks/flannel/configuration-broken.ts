import { configMaps, entryOf, parseJson } from '../../../../shared/datapath/cni/config-text.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { shorten } from '../../../../shared/util/text.ts';
import { nodeKey } from '../../cluster-subject.ts';
import { nodeFacts } from '../../facts/nodes.ts';
import { pluginMessages } from '../../messages/plugins.ts';
import { defineFlannelCheck } from './define-flannel-check.ts';

/** A net-conf.json that is no JSON, or names no range. */
export const flannelConfigurationBroken = defineFlannelCheck({
  id: 'netcni/flannel-configuration-broken',
  needs: [],
  run: (_, { index }) =>
    [...configMaps(index, 'kube-flannel-cfg'), ...configMaps(index, 'canal-config')].flatMap((map) => {
      const text = entryOf(map, 'net-conf.json');
      if (text === undefined) return [];
      const parsed = parseJson(text.value);
      const hasRange = typeof parsed?.Network === 'string' || typeof parsed?.IPv6Network === 'string';
      const broken = parsed === undefined ? 'is not JSON' : hasRange ? undefined : 'has no Network';
      if (broken === undefined) return [];
      return [
        pluginMessages.CNI601.raise({
          subject: { kind: 'ConfigMap', namespace: namespaceOf(map), name: nameOf(map) },
          args: { place: `configmap -n ${namespaceOf(map)} ${nameOf(map)}`, what: broken },
          pods: nodeFacts(index).map(({ name }) => nodeKey(name)),
          evidence: [{ fact: shorten(text.value, 160), source: text.source }],
        }),
      ];
    }),
});
