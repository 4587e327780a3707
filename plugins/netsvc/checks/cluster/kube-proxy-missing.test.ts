import { describe, expect, it } from 'vitest';
import { workload } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { agents, soundWeb } from '../../testing/system-objects.ts';

const both = ['n1', 'n2'];

describe('kube-proxy-missing', () => {
  it('names nodes on which it does not run', () => {
    const report = diagnoseObjects([...soundWeb(), ...agents('kube-proxy', ['n1'])], 'web');
    expect(causeCodes(report)).toEqual(['SVC802']);
    expect(report.headline).toContain('runs no pod on n2');
  });

  it('names the selector that keeps it from every node', () => {
    const set = {
      ...workload(
        'DaemonSet',
        'kube-proxy',
        {},
        { template: { spec: { nodeSelector: { 'kube-proxy': 'on' } } } },
        { namespace: 'kube-system' },
      ),
      status: { desiredNumberScheduled: 0, numberReady: 0 },
    };
    const report = diagnoseObjects([...soundWeb(), set], 'web');
    expect(report.verdict).toBe('broken');
    expect(report.headline).toContain('on every node (nodeSelector kube-proxy=on)');
    const replaced = diagnoseObjects([...soundWeb(), set, ...agents('cilium', both)], 'web');
    expect(replaced.verdict).toBe('healthy');
  });
});
