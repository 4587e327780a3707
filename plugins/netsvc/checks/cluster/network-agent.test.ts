import { describe, expect, it } from 'vitest';
import { node } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { agents, soundWeb } from '../../testing/system-objects.ts';

describe('network-agent-sick', () => {
  it('names the agent, the node and the endpoints that run there', () => {
    const report = diagnoseObjects([...soundWeb(), ...agents('kube-flannel-ds', ['n1', 'n2'], ['n2'])], 'web');
    expect(causeCodes(report)).toEqual(['SVC812']);
    expect(report.headline).toContain(
      'network agent kube-flannel-ds on n2 does not work (CrashLoopBackOff, exit code 1)',
    );
    expect(report.headline).toContain('1 of 2 endpoints run there');
  });

  it('knows by the pods alone where they run', () => {
    const objects = [...soundWeb(), ...agents('kube-flannel-ds', ['n1', 'n2'], ['n2'])];
    const unread = { except: { EndpointSlice: 'notCollected' } } as const;
    const withoutSlices = objects.filter(({ kind }) => kind !== 'EndpointSlice');
    const report = diagnoseObjects(withoutSlices, 'web', unread);
    expect(causeCodes(report)).toContain('SVC812');
    expect(report.causes[0]?.summary).toBe(diagnoseObjects(objects, 'web').causes[0]?.summary);
  });

  it('stays silent for nodes without endpoints of the Service', () => {
    const report = diagnoseObjects(
      [...soundWeb(), node('n3'), ...agents('calico-node', ['n1', 'n2', 'n3'], ['n3'])],
      'web',
    );
    expect(report.verdict).toBe('healthy');
  });
});
