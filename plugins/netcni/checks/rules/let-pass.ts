import type { Packet } from '../../../../shared/datapath/packet/match.ts';
import type { Obstacle } from '../../../../shared/datapath/packet/obstacles.ts';
import type { Fix } from '../../../../shared/messages/finding.ts';

/** What is to be let through a rule: packets of these senders, and where they are pods of the cluster, those to them too. */
export interface Allowed {
  /** Addresses, or ranges of pods. */
  readonly sources: readonly string[];
  /** To the node itself, at one port, as packets of tunnels are. */
  readonly port: Pick<Packet, 'protocol' | 'port'> | undefined;
  /** The node itself is the one that sends. */
  readonly out: boolean;
}

/** What lets packets pass a rule of somebody else, in the words of whoever wrote the rule. */
export function letPass(tool: string, { table, chain }: Obstacle['by'], allowed: Allowed): readonly Fix[] {
  const names = [...table.chains.keys()];
  if (table.name === 'firewalld' || names.some((name) => /^(FWD|IN)_public/.test(name))) return firewalld(allowed);
  if (names.some((name) => name.startsWith('ufw-'))) return ufw(allowed);
  const place = `${table.family} ${table.name} ${chain.name}`;
  return tool === 'nft' ? nft(place, allowed) : iptables(table, chain.name, allowed);
}

function firewalld({ sources }: Allowed): readonly Fix[] {
  const words = sources.map((source) => `--add-source=${source}`).join(' ');
  const command = `firewall-cmd --permanent --zone=trusted ${words} && firewall-cmd --reload`;
  const undo = command.replaceAll('--add-source', '--remove-source');
  return [{ title: 'on the node: let firewalld trust these addresses', command, risk: 'low', undo }];
}

function ufw({ sources, port, out }: Allowed): readonly Fix[] {
  if (out) {
    const line = (verb: string): string => forEach('to', sources, `ufw ${verb} out to $to`);
    return [
      { title: 'on the node: let ufw allow them', command: line('allow'), risk: 'low', undo: line('delete allow') },
    ];
  }
  const [program, to] =
    port === undefined ? ['ufw route', 'to $from'] : ['ufw', `to any port ${port.port} proto ${port.protocol}`];
  const line = (verb: string): string => forEach('from', sources, `${program} ${verb} from $from ${to}`);
  return [
    { title: 'on the node: let ufw allow them', command: line('allow'), risk: 'low', undo: line('delete allow') },
  ];
}

function iptables(
  { family, name }: Obstacle['by']['table'],
  chain: string,
  { sources, port }: Allowed,
): readonly Fix[] {
  const program = `${family === 'ip6' ? 'ip6tables' : 'iptables'}${name === 'filter' ? '' : ` -t ${name}`}`;
  const line = (verb: string): string =>
    port === undefined
      ? forEach('pods', sources, `${program} ${verb} -s $pods -j ACCEPT && ${program} ${verb} -d $pods -j ACCEPT`)
      : forEach('node', sources, `${program} ${verb} -s $node -p ${port.protocol} --dport ${port.port} -j ACCEPT`);
  return [{ title: BEFORE, command: line(`-I ${chain} 1`), risk: 'low', undo: line(`-D ${chain}`) }];
}

const BEFORE = 'on the node: let them pass before that rule, until the firewall is set right';

function nft(place: string, { sources, port }: Allowed): readonly Fix[] {
  const ip = sources.some((source) => source.includes(':')) ? 'ip6' : 'ip';
  const set = sources.length === 1 ? (sources[0] ?? '') : `{ ${sources.join(', ')} }`;
  const matches =
    port === undefined
      ? [`${ip} saddr ${set}`, `${ip} daddr ${set}`]
      : [`${ip} saddr ${set} ${port.protocol} dport ${port.port}`];
  return [
    {
      title: BEFORE,
      command: matches.map((match) => `nft insert rule ${place} ${quoted(match)} accept`).join(' && '),
      risk: 'low',
      undo: `nft -a list chain ${place}   # then: nft delete rule ${place} handle N`,
    },
  ];
}

/** Braces mean something else to a shell. */
function quoted(match: string): string {
  return match.includes('{') ? `'${match}'` : match;
}

/** One line for one value, a loop for several. */
function forEach(name: string, values: readonly string[], line: string): string {
  const [only = ''] = values;
  if (values.length === 1) return line.replaceAll(`$${name}`, only);
  return `for ${name} in ${values.join(' ')}; do ${line}; done`;
}
