import { detectNetwork } from '../../../../shared/datapath/cni/detect.ts';
import type { Route } from '../../../../shared/datapath/dump/routes.ts';
import type { RoutingRule } from '../../../../shared/datapath/dump/routing-rules.ts';
import type { NodeDumps } from '../../../../shared/datapath/dump-files.ts';
import { isDefault } from '../../../../shared/datapath/route-lookup.ts';
import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { Evidence, Finding, Fix } from '../../../../shared/messages/finding.ts';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { isFinished, isTerminating, podAddresses, podKey } from '../../../../shared/model/pods.ts';
import { nameOf, namespaceOf } from '../../../../shared/model/refs.ts';
import { compareText, joinAnd } from '../../../../shared/util/text.ts';
import { podsOn } from '../../facts/node-pods.ts';
import { rulesRoutesMessages as messages } from '../../messages/rules-routes.ts';
import { AGENT_USES } from '../presence/agent-uses.ts';
import { formatRoute, placeOf } from './route-words.ts';
import { about, place, where } from './words.ts';

/**
 * aws-node gives each pod a rule towards it (512), and pods with an address of a further interface one from it (1536) to
 * the table of that interface: what leaves by another is dropped by the VPC (aws/amazon-vpc-cni-k8s
 * pkg/networkutils, docs/cni-proposal.md).
 */
export const awsRoutingRules = defineCheck<NodeDumps>({
  id: 'netcni/aws-routing-rules',
  group: 'routes',
  needs: ['Pod'],
  uses: AGENT_USES,
  applies: ({ routingRules: rules, node }, { index }) =>
    rules !== undefined && node !== undefined && detectNetwork(index).primary?.name === 'AWS VPC CNI',
  run: (dumps, { index }) => {
    const { routingRules: rules = [], routes = [] } = dumps;
    const pods = podsOn(index, dumps.node).filter((pod) => pod.spec?.hostNetwork !== true && isAtWork(pod));
    const further = routes.filter(
      (route) => isDefault(route) && /^\d+$/.test(route.table) && !/^25[3-5]$/.test(route.table),
    );
    return [...gone(dumps, rules, further, pods), ...doubled(dumps, rules, further, pods)];
  },
});

function isAtWork(pod: Pod): boolean {
  return !isFinished(pod) && !isTerminating(pod) && podAddresses(pod).length > 0;
}

/** Pods have their routes, further interfaces their tables, and no rule is left that aws-node wrote. */
function gone(
  dumps: NodeDumps,
  rules: readonly RoutingRule[],
  further: readonly Route[],
  pods: readonly Pod[],
): readonly Finding[] {
  const [table] = further;
  const whole = rules.some((rule) => rule.table === 'default');
  const linked = (dumps.routes ?? []).some(({ hops }) => hops.some(({ device }) => /^(eni|vlan)/.test(device ?? '')));
  const ofAws = rules.some(({ priority }) => priority === 512 || priority === 1536);
  if (table === undefined || !whole || !linked || ofAws || pods.length === 0) return [];
  return [
    messages.CNI843.raise({
      ...about(dumps),
      args: {
        where: where(dumps),
        what: `no routing rule of aws-node is left, and none asks table ${table.table} (${formatRoute(table)}): pods with an address of that interface send by another one, and the VPC drops it`,
        fix: networkd(dumps),
      },
      evidence: [
        ...rules.slice(0, 3).map((rule) => evidenceOf(dumps, rule)),
        { fact: `${formatRoute(table)} table ${table.table}`, source: placeOf(dumps, table) },
      ],
    }),
  ];
}

function networkd(dumps: NodeDumps): readonly Fix[] {
  return [
    {
      title: `on ${where(dumps)}: keep systemd-networkd from taking rules of others away`,
      command:
        "mkdir -p /etc/systemd/networkd.conf.d && printf '[Network]\\nManageForeignRoutes=no\\nManageForeignRoutingPolicyRules=no\\n' > /etc/systemd/networkd.conf.d/aws-cni.conf",
      risk: 'low',
      undo: 'rm /etc/systemd/networkd.conf.d/aws-cni.conf',
    },
    {
      title: 'then make its pods anew, each gets its rules again',
      command: `kubectl drain ${dumps.node} --ignore-daemonsets --delete-emptydir-data && kubectl uncordon ${dumps.node}`,
      risk: 'high',
    },
  ];
}

/** Rules from one pod to the tables of two interfaces: one is left over from a pod that had its address before. */
function doubled(
  dumps: NodeDumps,
  rules: readonly RoutingRule[],
  further: readonly Route[],
  pods: readonly Pod[],
): readonly Finding[] {
  const tables = new Set(further.map(({ table }) => table));
  return pods.flatMap((pod) => {
    const own = rules.filter(
      ({ from, table, priority }) =>
        priority === 1536 && tables.has(table ?? '') && podAddresses(pod).includes((from ?? '').replace(/\/32$/, '')),
    );
    const asked = [...new Set(own.map(({ table }) => table ?? ''))].sort(compareText);
    if (asked.length < 2) return [];
    const [address = ''] = podAddresses(pod);
    return [
      messages.CNI843.raise({
        ...about(dumps),
        args: {
          where: where(dumps),
          what: `routing rules send packets from pod ${podKey(pod)} (${address}) to tables ${joinAnd(asked)}: one of them is left over, and what leaves by the wrong interface the VPC drops`,
          fix: [
            {
              title: 'make the pod anew, it gets another address',
              command: `kubectl delete pod ${nameOf(pod)} -n ${namespaceOf(pod)}`,
              risk: 'low',
            },
          ],
        },
        evidence: own.map((rule) => evidenceOf(dumps, rule)),
      }),
    ];
  });
}

function evidenceOf(dumps: NodeDumps, rule: RoutingRule): Evidence {
  const dump = dumps.files.flatMap(({ dumps: all }) => all).find(({ kind }) => kind === 'routingRules');
  return { fact: `${rule.priority}: ${rule.text}`, source: place(dumps, dump, rule.line) };
}
