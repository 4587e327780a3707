import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/**
 * A fix that changes something tells the way back. Two kinds need none: what a reader writes himself, and what is made
 * again by whoever made it before.
 */
const NEEDS_NONE: readonly RegExp[] = [
  /kubectl edit|command: edit\b/,
  /rollout restart|systemctl restart|kubectl delete pods? |drain .* && kubectl (?:uncordon|delete node)/s,
  /kubectl delete endpointslices? |ip link delete|conntrack -D|kubectl delete node /,
  // A pod to look around from, which changes nothing.
  /kubectl debug /,
];

/** Files with fixes that have no way back in a line, and why; the list only shrinks. */
const KNOWN: Readonly<Record<string, string>> = {
  'plugins/netcni/checks/addresses/waiting-pods.ts': 'programs of the system are installed again',
  'plugins/netcni/messages/flannel.ts': 'a flag of the kubelet to write, and an annotation that the agent writes again',
  'plugins/netpol/checks/dns/dns-egress.ts': 'lines for a file, which its reader writes',
  'plugins/netsvc/checks/pods/pending/pods-pending.ts': 'the API lets nobody set a gate again',
  'plugins/netsvc/checks/pods/states/pods-have-ended.ts': 'the same pods are made again',
  'plugins/netsvc/checks/pods/states/pods-terminating.ts': 'the object is being deleted and goes',
  'plugins/netsvc/messages/exposure-balancer.ts': 'nothing but a number is added',
  'plugins/netsvc/messages/ingress-tls.ts': 'a private key is written into no file here',
};

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

function literalsIn(value: unknown, found: Node[] = []): readonly Node[] {
  if (Array.isArray(value)) for (const item of value) literalsIn(item, found);
  else if (typeof value === 'object' && value !== null) {
    if ((value as Node).type === 'ObjectExpression') found.push(value as Node);
    for (const part of Object.values(value)) literalsIn(part, found);
  }
  return found;
}

/** The texts of object literals that change something, name a command and have no undo. */
function withoutUndo(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  if (!/risk: '(?:low|high)'/.test(text)) return [];
  return literalsIn(parseSync(path, text).program).flatMap((literal) => {
    const members = (literal.properties as readonly Node[]).map((member) => text.slice(member.start, member.end));
    const has = (name: string): boolean => members.some((member) => new RegExp(`^${name}\\b`).test(member));
    const changes = members.some((member) => /^risk: '(?:low|high)'/.test(member));
    const told = has('undo') || members.some((member) => /^\.\.\.(?:keptFirst\(|.*\bundo\b)/s.test(member));
    // What netpol writes as `op` and `path` gets its way back from `old`.
    if (!changes || told || !has('command')) return [];
    const whole = text.slice(literal.start, literal.end);
    return NEEDS_NONE.some((pattern) => pattern.test(whole)) ? [] : [whole];
  });
}

const FILES = ['plugins', 'shared'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|[\\/]testing[\\/]/.test(name))
    .map((name) => join(folder, name).replaceAll('\\', '/')),
);

describe('every fix that changes something', () => {
  it('tells how to undo it', () => {
    const missing = FILES.filter((path) => KNOWN[path] === undefined).flatMap((path) =>
      withoutUndo(path).map((literal) => `${path}: ${literal.replace(/\s+/g, ' ')}`),
    );
    expect(missing).toEqual([]);
  });

  it('is on the list of those without only as long as that is so', () => {
    expect(Object.keys(KNOWN).filter((path) => withoutUndo(path).length === 0)).toEqual([]);
  });
});
