import { isKubectlText } from '../texts/kubectl-text.ts';

/** What a file is read for; undefined means that it is not opened. */
export type FileRole = 'objects' | 'log' | 'log-sections' | 'tool' | 'timestamp' | 'version' | 'sniff';

const OBJECTS = /\.(json|jsonl|ndjson|ya?ml)(\.gz)?$/i;

/** Outputs of network programs, by the names people and bundles give them. */
const TOOL =
  /^(?:\d+[-_.])?(ip6?tables(-legacy|-nft)?(-save|-list)?|nft(ables)?([-_. ]?list)?([-_. ]?ruleset)?|ipvsadm.*|conntrack.*|ip[-_. ]?-?[46]?[-_. ]?(route|routes|addr|address|rule|rules|link|links|neigh).*|routes?|arp|ss|netstat.*|sysctl.*|ethtool.*|resolv\.conf|hosts|tcpdump.*|traceroute.*|dig.*|nslookup.*|cilium[-_ ](status|endpoint|service|bpf).*|calicoctl.*)(\.(txt|out|log|json|conf))?$/i;

/** `web-1.log`, `logs/web-1.txt`, `pod-web-1-logs.txt`. */
const LOG = /\.log(?:\.txt)?$|(?:^|\/)logs?\/(?:[^/]+\/)*[^/]+\.txt$|(?:^|[-_./])logs?(?:[-_.][^/]*)?\.txt$/i;

/**
 * Decides by the path alone whether a file can hold facts. Files without a telling name are opened only far enough to
 * see whether they start like an object (`sniff`).
 */
export function roleOf(path: string): FileRole | undefined {
  const base = path.split('/').pop() ?? '';
  if (/\.(tar\.gz|tgz|tar|zip)$/i.test(base)) return undefined;
  if (/(?:^|\/)tools\//.test(path)) return 'tool';
  if (OBJECTS.test(base)) return 'objects';
  if (base === 'timestamp') return 'timestamp';
  if (/^(kubectl[-_.])?version(\.txt)?$/i.test(base)) return 'version';
  if (base === 'logs.txt') return 'log-sections';
  if (TOOL.test(base)) return 'tool';
  if (LOG.test(path)) return 'log';
  return /^[^.]+$/.test(base) || /\.(txt|out|dump|gz)$/i.test(base) ? 'sniff' : undefined;
}

/** Folders that never hold a dump of a cluster. */
export function isForeignFolder(name: string): boolean {
  return (name.startsWith('.') && name !== '.' && name !== '..') || name === 'node_modules';
}

/** Whether a text starts like Kubernetes objects in YAML or JSON, like a dump, or like what kubectl prints. */
export function startsLikeObjects(head: string): boolean {
  return (
    isKubectlText(head) ||
    /^\s*(\{|\[\s*(\{|\])|---|apiVersion:|kind:|items:|- apiVersion:|==== START logs|Error from server|Warning: )/.test(
      head,
    )
  );
}
