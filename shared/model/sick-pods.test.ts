import { describe, expect, it } from 'vitest';
import { pod, secondsAgo, snapshotOf } from '../testing/builders.ts';
import { createIndex } from './cluster-index.ts';
import { sicknessOf } from './sick-pods.ts';

/** What is told of a pod of kube-proxy that was killed, and wrote this before. */
function told(text: string): string | undefined {
  const killed = { exitCode: 137, reason: 'Error', startedAt: secondsAgo(90), finishedAt: secondsAgo(80) };
  const one = pod('kube-proxy-n1', {
    namespace: 'kube-system',
    ready: false,
    status: {
      containerStatuses: [
        {
          name: 'kube-proxy',
          ready: false,
          restartCount: 3,
          image: 'kube-proxy',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: killed },
        },
      ],
    },
  });
  const log = { namespace: 'kube-system', pod: 'kube-proxy-n1', container: 'kube-proxy', previous: true, text };
  const index = createIndex(snapshotOf([one], { logs: [log] }));
  return sicknessOf(index, one, index.now)?.message;
}

describe('the last words of a pod that ends again and again', () => {
  it('are its last line', () => {
    expect(told('starting\nthe table is locked by somebody\n')).toBe('the table is locked by somebody');
  });

  it.each([
    'I1128 23:43:01.000001       1 shared_informer.go:356] "Caches are synced" controller="service config"',
    'time="2026-11-28T23:43:01Z" level=info msg="ready to serve"',
    '{"level":"info","msg":"ready to serve"}',
    '[INFO] plugin/reload: Running configuration SHA512 = 1f2e',
  ])('are none where it was at work: %s', (line) => {
    expect(told(`${line}\n`)).toBe('');
  });
});
