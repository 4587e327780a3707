import { describe, expect, it } from 'vitest';
import { event, namespace, node, pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { agents, crashing, soundWeb } from '../../testing/system-objects.ts';

describe('network-agent-sick', () => {
  it('names the agent, the node and the endpoints that run there', () => {
    const report = diagnoseObjects([...soundWeb(), ...agents('kube-flannel-ds', ['n1', 'n2'], ['n2'])], 'web');
    expect(causeCodes(report)).toEqual(['SVC812']);
    expect(report.headline).toContain(
      'network agent kube-flannel-ds on n2 does not work (CrashLoopBackOff, exit code 1)',
    );
    expect(report.headline).toContain('1 of 2 endpoints run there');
  });

  it('stays silent for nodes without endpoints of the Service', () => {
    const report = diagnoseObjects(
      [...soundWeb(), node('n3'), ...agents('calico-node', ['n1', 'n2', 'n3'], ['n3'])],
      'web',
    );
    expect(report.verdict).toBe('healthy');
  });
});

describe('controller-manager-down', () => {
  const manager = (ready: boolean) => {
    const labels = { component: 'kube-controller-manager', tier: 'control-plane' };
    const made = pod('kube-controller-manager-cp', { namespace: 'kube-system', labels });
    return ready ? made : crashing(made);
  };

  it('is the cause of stale EndpointSlices', () => {
    const web = service('web');
    const pods = [pod('web-1'), pod('web-2')];
    const report = diagnoseObjects([web, ...pods, ...slicesFor(web, pods.slice(0, 1)), manager(false)], 'web');
    expect(causeCodes(report)).toEqual(['SVC809']);
    expect(report.causes[0]?.evidence.at(-1)?.fact).toContain(
      'as a result: EndpointSlices of Service shop/web are out of date',
    );
  });

  it('stays silent when one is ready or none is shown', () => {
    expect(diagnoseObjects([...soundWeb(), manager(true)], 'web').verdict).toBe('healthy');
    expect(diagnoseObjects(soundWeb(), 'web').verdict).toBe('healthy');
  });
});

describe('cordoned-nodes', () => {
  it('notes endpoints on a node that takes no new pods', () => {
    const [, ...rest] = soundWeb();
    const web = service('web');
    const cordoned = node('n2', true, { spec: { unschedulable: true } });
    const objects = [web, ...rest.filter((object) => object.metadata?.name !== 'n2'), cordoned];
    const report = diagnoseObjects(objects, 'web');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC805')?.summary).toBe(
      '1 of 2 ready endpoints run on n2, cordoned',
    );
  });

  it('says nothing otherwise', () => {
    expect(diagnoseObjects(soundWeb(), 'web').findings.map((finding) => finding.code)).not.toContain('SVC805');
  });
});

describe('allocation-events', () => {
  const web = service('web');

  it('tells a ClusterIP that belongs to two Services, and notes one that was only missing in the books', () => {
    const taken = event(
      web,
      'ClusterIPAlreadyAllocated',
      'Cluster IP [IPv4]:10.96.10.10 was assigned to multiple services; please recreate service',
    );
    const report = diagnoseObjects([...soundWeb(), taken], 'web');
    expect(causeCodes(report)).toEqual(['SVC808']);
    const mended = event(web, 'ClusterIPNotAllocated', 'Cluster IP [IPv4]:10.96.10.10 is not allocated; repairing');
    expect(diagnoseObjects([...soundWeb(), mended], 'web').findings).toEqual([]);
    expect(diagnoseObjects([...soundWeb(), mended], 'web').verdict).toBe('healthy');
  });
});

describe('namespace-leaving', () => {
  it('tells a namespace that is being deleted', () => {
    const leaving = { ...namespace('shop'), status: { phase: 'Terminating' } };
    const report = diagnoseObjects([...soundWeb(), leaving], 'web');
    expect(causeCodes(report)).toEqual(['SVC813']);
    expect(report.verdict).toBe('degraded');
    const gone = diagnoseObjects([service('web'), leaving], 'web');
    expect(gone.verdict).toBe('broken');
    expect(causeCodes(gone)[0]).toBe('SVC813');
  });

  it('stays silent for an active one', () => {
    expect(diagnoseObjects([...soundWeb(), namespace('shop')], 'web').verdict).toBe('healthy');
  });
});
