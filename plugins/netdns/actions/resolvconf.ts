import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { UsageError } from '../../../shared/cli/command.ts';
import { kubeletDnsOf } from '../../../shared/dns/cluster-domain.ts';
import { formatResolvConf, muslDropsSearch, type PodResolver } from '../../../shared/dns/pod-resolver.ts';
import { resolverOf } from '../../../shared/dns/resolver-of.ts';
import { createIndex } from '../../../shared/model/cluster-index.ts';
import { podKey } from '../../../shared/model/pods.ts';
import { wrap } from '../../../shared/util/text.ts';
import { callerPod, parseCaller } from '../caller.ts';
import { readCaller } from '../collect/read-caller.ts';

/** `resolvconf`: the file as the kubelet writes it, and what is to be said of it. */
export async function runResolvconf({ args, facts }: Request): Promise<CommandResult> {
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) {
    throw new UsageError('resolvconf takes the name of one pod', 'kubectl netdns resolvconf POD, or deploy/NAME');
  }
  const wanted = parseCaller(name, await facts.namespace());
  const snapshot = await facts.snapshot((gatherer) => readCaller(gatherer, wanted.namespace));
  const index = createIndex(snapshot);
  const pod = callerPod(index, wanted);
  const resolver = resolverOf(index, pod);
  const told = kubeletDnsOf(index)[0]?.source;
  const notes = notesOn(resolver, told);
  const text = formatResolvConf(resolver);
  const head = `# /etc/resolv.conf of Pod ${podKey(pod)}`;
  return {
    type: 'value',
    value: { pod: podKey(pod), resolvConf: text, ...resolver, notes },
    text: [head, text.trimEnd(), ...notes.flatMap((note) => wrap(note, 78).map((line) => `# ${line}`))].join('\n'),
  };
}

function notesOn(resolver: PodResolver, told: string | undefined): readonly string[] {
  const { asks, policy, why, hostUnseen, omitted, searches } = resolver;
  const notes: string[] = [];
  if (why !== '') notes.push(`${why}: the pod asks the DNS servers of its node and knows no Service.`);
  else if (asks === 'node')
    notes.push(`dnsPolicy ${policy}: the pod asks the DNS servers of its node and knows no Service.`);
  if (hostUnseen && asks === 'cluster')
    notes.push('Search domains of the node come on top; its own resolv.conf was not seen.');
  if (hostUnseen && asks === 'node') notes.push("The node's own resolv.conf, which is taken over here, was not seen.");
  if (asks === 'cluster' && told === undefined)
    notes.push('Kubelets were not asked: the address is that of the DNS Service.');
  if (omitted.nameservers.length > 0)
    notes.push(`Left out, more than 3 name servers: ${omitted.nameservers.join(', ')}.`);
  if (omitted.searches.length > 0)
    notes.push(`Left out, over the limits of the search list: ${omitted.searches.join(', ')}.`);
  const dropped = muslDropsSearch(searches);
  if (dropped !== undefined)
    notes.push(`The search line has ${dropped} characters: musl (Alpine) ignores it, its limit is 254.`);
  return notes;
}
