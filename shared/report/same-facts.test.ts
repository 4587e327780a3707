import { describe, expect, it } from 'vitest';
import { finding, report } from '../testing/reports.ts';
import { type Again, askAgain } from './same-facts.ts';

const AGAIN: Again = { own: ' --snapshot dump.yaml --context prod', kubectl: ' --context prod' };

describe('a fix', () => {
  const pasted = (command: string): string | undefined => {
    const given = report({ causes: [finding({ fixes: [{ title: 't', command, risk: 'none', undo: command }] })] });
    const fix = askAgain(given, AGAIN).causes[0]?.fixes[0];
    expect(fix?.undo).toBe(fix?.command);
    return fix?.command;
  };

  it.each([
    ['kubectl netcni ipam --node n2', 'kubectl netcni ipam --node n2 --snapshot dump.yaml --context prod'],
    ['kubectl netsvc web -n shop', 'kubectl netsvc web -n shop --snapshot dump.yaml --context prod'],
    [
      'kubectl netpol generate deny-all -n shop | kubectl apply -f -',
      'kubectl netpol generate deny-all -n shop --snapshot dump.yaml --context prod | kubectl --context prod apply -f -',
    ],
    ['kubectl netsvc explain SVC101', 'kubectl netsvc explain SVC101'],
    ['kubectl -n shop get pods', 'kubectl --context prod -n shop get pods'],
    [
      'kubectl drain n1 && kubectl uncordon n1; kubectl get nodes',
      'kubectl --context prod drain n1 && kubectl --context prod uncordon n1; kubectl --context prod get nodes',
    ],
    [`kubectl patch svc web -p '{"x":"kubectl y"}'`, `kubectl --context prod patch svc web -p '{"x":"kubectl y"}'`],
    [`echo 'it'\\''s kubectl x' | kubectl apply -f -`, `echo 'it'\\''s kubectl x' | kubectl --context prod apply -f -`],
    [`test "$(kubectl get ns)" = "kubectl x"`, `test "$(kubectl --context prod get ns)" = "kubectl x"`],
    [
      'kubectl annotate pod p kubectl.kubernetes.io/restartedAt=x',
      'kubectl --context prod annotate pod p kubectl.kubernetes.io/restartedAt=x',
    ],
    ['ssh n1 sudo systemctl restart kubelet', 'ssh n1 sudo systemctl restart kubelet'],
  ])('%s', (line, expected) => {
    expect(pasted(line)).toBe(expected);
  });
});

describe('words', () => {
  const told = (reason: string): string | undefined =>
    askAgain(report({ notChecked: [{ check: 'c', reason }] }), AGAIN).notChecked[0]?.reason;

  it.each([
    [
      'ip route of each node, given to kubectl netcni rules, proves them',
      'ip route of each node, given to kubectl netcni rules --snapshot dump.yaml --context prod, proves them',
    ],
    ['kubectl netdns looks closer.', 'kubectl netdns --snapshot dump.yaml --context prod looks closer.'],
    [
      '5 more that are refused: kubectl netpol lint',
      '5 more that are refused: kubectl netpol lint --snapshot dump.yaml --context prod',
    ],
    [
      'see `kubectl netpol diff -f FILE` first',
      'see `kubectl netpol diff -f FILE --snapshot dump.yaml --context prod` first',
    ],
    ['what it means: kubectl netcni explain CNI203', 'what it means: kubectl netcni explain CNI203'],
    ['see kubectl netsvc explain SVC101 for more', 'see kubectl netsvc explain SVC101 for more'],
    ['read by hand: kubectl get nodes', 'read by hand: kubectl --context prod get nodes'],
    [
      'asked from inside; from the pod: kubectl exec -n shop web-1 -- nslookup web.shop',
      'asked from inside; from the pod: kubectl --context prod exec -n shop web-1 -- nslookup web.shop',
    ],
    ['kubectl logs and exec ask the wrong machine.', 'kubectl logs and exec ask the wrong machine.'],
    ['ask it: kubectl netdns web.shop', 'ask it: kubectl netdns web.shop --snapshot dump.yaml --context prod'],
  ])('%s', (text, expected) => {
    expect(told(text)).toBe(expected);
  });
});

it('a command of its own line stays one line, below its title where it would break', () => {
  const next = 'Evidence and fix: kubectl netsvc payment-service -n production';
  const given = report({ sections: [{ type: 'text', lines: [next, 'Scanned: 3 pods'] }] });
  expect(askAgain(given, AGAIN).sections).toEqual([
    {
      type: 'text',
      lines: [
        'Evidence and fix:',
        '    kubectl netsvc payment-service -n production --snapshot dump.yaml --context prod',
        'Scanned: 3 pods',
      ],
    },
  ]);
});

it('a command below its title is a line to paste', () => {
  const lines = ['why it has none:', '    kubectl netsvc web -n shop', '    kubectl get pods'];
  expect(askAgain(report({ sections: [{ type: 'text', lines }] }), AGAIN).sections).toEqual([
    {
      type: 'text',
      lines: [
        'why it has none:',
        '    kubectl netsvc web -n shop --snapshot dump.yaml --context prod',
        '    kubectl --context prod get pods',
      ],
    },
  ]);
});

it('notes, explanations and the objects of a sweep are told so too', () => {
  const one = finding({ explain: 'kubectl netcni tells more.' });
  const target = { kind: 'Service', namespace: 'shop', name: 'web' };
  const item = { target, verdict: 'broken' as const, headline: 'h', causes: [one], findings: [], notChecked: [] };
  const { findings, items } = askAgain(report({ findings: [one], items: [item] }), AGAIN);
  const expected = 'kubectl netcni --snapshot dump.yaml --context prod tells more.';
  expect([findings[0]?.explain, items?.[0]?.causes[0]?.explain]).toEqual([expected, expected]);
});

it('nothing changes where no flag chose the facts', () => {
  const given = report({ causes: [finding({ explain: 'kubectl netcni tells more.' })] });
  expect(askAgain(given, { own: '', kubectl: '' })).toBe(given);
});
