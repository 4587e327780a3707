import type { Command } from '../../../shared/cli/command.ts';
import { DIAGNOSIS_FORMATS, failOnOption, suppressOption } from '../../../shared/cli/common-options.ts';
import { wholeClusterOption } from '../../../shared/cli/whole-cluster.ts';

/** Dumps of nodes against the cluster. */
export const rules: Command = {
  name: 'rules',
  usage: 'FILE|- …',
  summary: 'say what is wrong in a dump of a node: rules, routes, links, tunnels, connections',
  about:
    'Reads what iptables-save, ip6tables-save, nft list ruleset, ipvsadm -Ln, ip route, ip rule, ip -d link, ip addr, ip neigh, bridge fdb, conntrack and sysctl print, ' +
    'by their content, several in one file too, and holds it against Services, endpoints, pods and nodes of the cluster or of a snapshot. ' +
    "kube-proxy's chains are mapped to Services by their names' hashes, so comments are not needed. Nothing is sent to the node.",
  examples: [
    { line: 'ssh worker-1 sudo iptables-save | kubectl netcni rules - --node worker-1', says: 'the rules of one node' },
    { line: 'kubectl netcni rules dump/ --snapshot snapshot.tar.gz', says: 'a folder of dumps against a recording' },
    { line: 'kubectl netcni rules --snapshot bundle.tar.gz', says: 'the dumps inside a bundle' },
  ],
  options: [
    wholeClusterOption,
    {
      name: 'node',
      type: 'string',
      value: 'NODE',
      describe: 'the node the dumps come from; else told by addresses in them',
    },
    failOnOption,
    suppressOption,
  ],
  formats: DIAGNOSIS_FORMATS,
  completes: 'nothing',
  run: async (request) => (await import('../actions/rules.ts')).runRules(request),
};
