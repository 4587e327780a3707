import { describe, expect, it } from 'vitest';
import { node, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { agents, soundWeb } from '../../testing/system-objects.ts';

const both = ['n1', 'n2'];

describe('kube-proxy-sick', () => {
  it('names the node and why it stops, with its last words', () => {
    const logs = [
      {
        namespace: 'kube-system',
        pod: 'kube-proxy-n2',
        container: 'app',
        previous: true,
        text: 'I1121 starting\nE1121 run.go:72 "command failed" err="unknown proxy mode iptable"\n',
      },
    ];
    const report = diagnoseObjects([...soundWeb(), ...agents('kube-proxy', both, ['n2'])], 'web', { logs });
    expect(causeCodes(report)).toEqual(['SVC801']);
    expect(report.verdict).toBe('degraded');
    expect(report.headline).toContain('kube-proxy on n2 does not work (CrashLoopBackOff, exit code 1');
    expect(report.headline).toContain('unknown proxy mode iptable');
  });

  it('is critical for a caller on that node', () => {
    const report = diagnoseObjects([...soundWeb(), ...agents('kube-proxy', both, ['n2'])], 'web', {
      from: 'shop/web-2',
    });
    expect(report.verdict).toBe('broken');
  });

  it('leaves nodes that are down to the checks on pods, and headless Services alone', () => {
    const [web, ...rest] = soundWeb().filter((object) => object.kind !== 'Node');
    const down = [node('n1'), node('n2', false)];
    const objects = [web ?? service('web'), ...rest, ...down, ...agents('kube-proxy', both, ['n2'])];
    expect(causeCodes(diagnoseObjects(objects, 'web'))).not.toContain('SVC801');
    const headless = service('web', { clusterIP: 'None' });
    expect(
      causeCodes(diagnoseObjects([headless, ...rest, ...agents('kube-proxy', both, ['n2'])], 'web')),
    ).not.toContain('SVC801');
  });

  it('stays silent when all pods are ready, when there is no kube-proxy, and notes a mere count', () => {
    expect(diagnoseObjects([...soundWeb(), ...agents('kube-proxy', both)], 'web').verdict).toBe('healthy');
    expect(diagnoseObjects(soundWeb(), 'web').verdict).toBe('healthy');
    const [set] = agents('kube-proxy', both, ['n2']);
    const counted = diagnoseObjects([...soundWeb(), ...(set === undefined ? [] : [set])], 'web');
    expect(counted.verdict).toBe('healthy');
    expect(counted.findings.map((finding) => finding.code)).toContain('SVC801');
  });
});
