import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { secondsAgo } from '../../../../shared/testing/builders.ts';
import { changed, checkObjects, codesOf } from '../../testing/check-objects.ts';
import { flannel } from '../../testing/networks/flannel.ts';

const WELL =
  '200\n{"lastUpdated": "2026-03-01 11:59:58 +0000 UTC","currentTime": "2026-03-01 12:00:00 +0000 UTC", "nodeEligible": true}';
const LATE =
  '503\n{"lastUpdated": "2026-03-01 11:20:00 +0000 UTC","currentTime": "2026-03-01 12:00:00 +0000 UTC", "nodeEligible": true}';
const GOING =
  '503\n{"lastUpdated": "2026-03-01 11:59:58 +0000 UTC","currentTime": "2026-03-01 12:00:00 +0000 UTC", "nodeEligible": false}';
const SILENT = 'none\nhttps://127.0.0.1:6443 accepted the connection but did not answer within 1.5 s.';

const REFUSED = '503\nerror trying to reach service: dial tcp 10.0.0.2:10256: connect: connection refused';

function ask(answers: Readonly<Record<string, string>>) {
  const tools = Object.entries(answers).map(([node, text]) => ({ path: `tools/kube-proxy/${node}/healthz.txt`, text }));
  return checkObjects(flannel(), { tools });
}

describe('kube-proxy that looks alive', () => {
  it('and does not answer while the others do, hangs', () => {
    const report = ask({ n1: WELL, n2: SILENT, n3: WELL });
    expect(codesOf(report)).toEqual(['CNI212']);
    expect(report.headline).toContain('kube-proxy of node n2 hangs');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kube-proxy-n2');
  });

  it('and tells that its rules lag, hangs, whoever else answers', () => {
    const report = ask({ n2: LATE });
    expect(codesOf(report)).toEqual(['CNI212']);
    expect(report.headline).toContain('2026-03-01 11:20:00');
  });

  it('and does not open the port that its siblings have, with what its log says', () => {
    const tools = [
      { path: 'tools/kube-proxy/n1/healthz.txt', text: WELL },
      { path: 'tools/kube-proxy/n2/healthz.txt', text: REFUSED },
    ];
    const log =
      'E0301 11:59:09.654530 1 reflector.go:205] "Failed to watch" err="failed to list *v1.Node: nodes is forbidden: User \\"system:serviceaccount:kube-system:kube-proxy\\" cannot list resource \\"nodes\\""';
    const started = (seconds: number) =>
      changed<Pod>(flannel(), 'Pod', 'kube-proxy-n2', (one) => ({
        ...one,
        status: {
          ...one.status,
          containerStatuses: [
            { name: 'kube-proxy', ready: true, state: { running: { startedAt: secondsAgo(seconds) } } },
          ],
        },
      }));
    const logs = [
      { namespace: 'kube-system', pod: 'kube-proxy-n2', container: 'kube-proxy', previous: false, text: log },
    ];
    const report = checkObjects(started(120), { tools, logs });
    expect(codesOf(report)).toEqual(['CNI212']);
    expect(report.headline).toContain('node n2');
    expect(report.headline).toContain('its rights are missing (RBAC)');
    expect(codesOf(checkObjects(started(20), { tools, logs }))).toEqual([]);
  });

  it.each([
    ['all are well', { n1: WELL, n2: WELL, n3: WELL }],
    ['its node is going away', { n1: WELL, n2: GOING }],
    ['nobody can be reached that way', { n1: SILENT, n2: SILENT, n3: SILENT }],
    ['all listen on another port', { n1: REFUSED, n2: REFUSED }],
    [
      'the way to its node is closed',
      { n1: WELL, n2: '503\nerror trying to reach service: dial tcp 10.0.0.2:10256: i/o timeout' },
    ],
  ])('is not called so when %s', (_, answers) => {
    expect(ask(answers)).toMatchObject({ verdict: 'healthy', causes: [] });
  });

  it('is told as not checked where the right is missing', () => {
    const tools = [{ path: 'tools/kube-proxy/refused.txt', text: 'forbidden: get pods/proxy' }];
    const { verdict, notChecked } = checkObjects(flannel(), { tools });
    expect(verdict).toBe('healthy');
    expect(notChecked.map(({ reason }) => reason)).toContain('forbidden: get pods/proxy');
  });
});
