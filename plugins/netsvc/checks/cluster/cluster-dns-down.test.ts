import { describe, expect, it } from 'vitest';
import { crashing, ended } from '../../../../shared/testing/broken-pods.ts';
import { deployment, service } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { clusterDns, dnsPod, soundWeb } from '../../testing/system-objects.ts';

describe('cluster-dns-down', () => {
  it('tells that no DNS pod is ready and why', () => {
    const logs = [
      {
        namespace: 'kube-system',
        pod: 'coredns-1',
        container: 'app',
        previous: true,
        text: "maxprocs: Leaving GOMAXPROCS=2\n/etc/coredns/Corefile:13 - Error during parsing: Unknown directive 'foward'\n",
      },
    ];
    const report = diagnoseObjects([...soundWeb(), ...clusterDns([dnsPod('coredns-1', false)])], 'web', { logs });
    expect(causeCodes(report)).toEqual(['SVC803']);
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('0 of 1 pods ready (CrashLoopBackOff, exit code 1');
    expect(report.headline).toContain("Unknown directive 'foward'");
  });

  it('tells a Deployment that was scaled to 0, and starts it', () => {
    const report = diagnoseObjects([...soundWeb(), ...clusterDns([], 0)], 'web');
    expect(causeCodes(report)).toEqual(['SVC803']);
    expect(report.headline).toContain('it is scaled to 0');
    expect(report.causes[0]?.fixes[0]?.command).toBe('kubectl scale deployment coredns -n kube-system --replicas=2');
  });

  it('comes before the crash of an app whose last words are of a name, and beside any other crash', () => {
    const told = (text: string) => {
      const app = crashing('web-6f9c-a', ended(1, 'Error'), { of: 'web' });
      const logs = [{ namespace: 'shop', pod: 'web-6f9c-a', container: 'app', previous: true, text }];
      const web = [service('web'), deployment('web'), app];
      return causeCodes(diagnoseObjects([...web, ...clusterDns([dnsPod('coredns-1', false)])], 'web', { logs }));
    };
    expect(told('Error: getaddrinfo EAI_AGAIN db')).toEqual(['SVC803']);
    expect(told('panic: no config')).toEqual(['SVC229', 'SVC803']);
  });

  it('notes some that are not ready', () => {
    const report = diagnoseObjects(
      [...soundWeb(), ...clusterDns([dnsPod('coredns-1'), dnsPod('coredns-2', false)])],
      'web',
    );
    expect(report.verdict).toBe('healthy');
    expect(report.findings.map((finding) => finding.code)).toContain('SVC810');
  });

  it('stays silent when they are ready, when nothing is known of them, and for the DNS Service itself', () => {
    expect(diagnoseObjects([...soundWeb(), ...clusterDns([dnsPod('coredns-1')])], 'web').verdict).toBe('healthy');
    expect(diagnoseObjects(soundWeb(), 'web').verdict).toBe('healthy');
    const own = diagnoseObjects([...soundWeb(), ...clusterDns([dnsPod('coredns-1', false)])], 'kube-system/kube-dns');
    expect(causeCodes(own)).not.toContain('SVC803');
  });
});
