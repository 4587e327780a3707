import type { Fix } from '../../../../shared/messages/finding.ts';
import type { ClusterIndex } from '../../../../shared/model/cluster-index.ts';
import { patchLine } from '../../../../shared/util/kubectl.ts';

/** Arguments that switch enforcement off, with the one that switches it on. */
const SWITCHES: Readonly<Record<string, string>> = {
  '--enable-policy=never': '--enable-policy=default',
  '--run-firewall=false': '--run-firewall=true',
  '--enable-network-policy=false': '--enable-network-policy=true',
};

/**
 * The line that switches enforcement on again where an argument of the agent's DaemonSet switches it off. A plugin that
 * does not enforce at all has no such line: another has to be installed.
 */
export function switchOn(index: ClusterIndex): readonly Fix[] {
  for (const { metadata, spec } of index.list('DaemonSet')) {
    for (const [at, { args = [], command = [] }] of (spec?.template?.spec?.containers ?? []).entries()) {
      for (const [field, words] of Object.entries({ args, command })) {
        const place = words.findIndex((word) => Object.hasOwn(SWITCHES, word));
        const word = words[place];
        if (word === undefined) continue;
        const path = `/spec/template/spec/containers/${at}/${field}/${place}`;
        const line = (value: string | undefined): string =>
          patchLine('daemonset', metadata?.namespace, metadata?.name ?? '', [{ op: 'replace', path, value }], 'json');
        const title = `switch enforcement on (${SWITCHES[word]}): from then on all policies act at once`;
        return [{ title, command: controllerLine(word) + line(SWITCHES[word]), risk: 'high', undo: line(word) }];
      }
    }
  }
  return [];
}

/** The agent of AWS acts on what a controller works out, which has a switch of its own (Amazon EKS, "Network policies"). */
function controllerLine(word: string): string {
  if (!word.startsWith('--enable-network-policy')) return '';
  const on = { data: { 'enable-network-policy-controller': 'true' } };
  return `${patchLine('configmap', 'kube-system', 'amazon-vpc-cni', on)} && `;
}
