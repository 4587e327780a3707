import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../../shared/model/objects-pod.ts';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';
import { stagedApp } from '../../testing/staged-app.ts';

const svc = service('edge', { selector: { app: 'edge' } });
const container = { ports: [{ name: 'http', containerPort: 8080, hostPort: 18_080 }] };
const message =
  "0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.";

/** As the scheduler leaves it: no node, no address, PodScheduled False. */
function pending(one: Pod): Pod {
  const { nodeName: _, ...spec } = one.spec ?? {};
  return {
    ...one,
    spec,
    status: {
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
    },
  };
}

function diagnose(placed: readonly Pod[], waiting: readonly Pod[], rest: readonly unknown[] = []) {
  const objects = [svc, ...placed, ...waiting, ...(rest as readonly Pod[]), ...slicesFor(svc, [...placed, ...waiting])];
  return diagnoseObjects(objects, 'edge');
}

describe('host-port-conflict', () => {
  it('says that a workload stands in its own way, and how many pods fit', () => {
    const app = stagedApp('edge', { replicas: 3, container });
    const [a, b, c] = app.pods;
    if (a === undefined || b === undefined || c === undefined) throw new Error('three pods');
    const report = diagnose([a, b], [pending(c)], [app.deployment, app.replicaSet]);
    const cause = report.causes[0];
    expect(cause).toMatchObject({ code: 'SVC415', severity: 'warning', confidence: 'proven' });
    expect(report.verdict).toBe('degraded');
    expect(cause?.summary).toContain(
      'hostPort 18080/TCP is taken by its own other pods (Deployment shop/edge, one pod a node) on nodes n1 and n2',
    );
    expect(cause?.evidence[0]?.fact).toContain("didn't have free ports");
    expect(cause?.fixes[0]?.command).toBe('kubectl scale deployment edge -n shop --replicas=2');
  });

  it('names the other workload that holds the port, also with hostNetwork', () => {
    const app = stagedApp('edge', { replicas: 1, container });
    const holder = pod('router-x', {
      namespace: 'infra',
      labels: { app: 'router' },
      spec: { hostNetwork: true },
      ports: [{ containerPort: 18_080 }],
    });
    const report = diagnose([], app.pods.map(pending), [app.deployment, app.replicaSet, holder]);
    expect(report.causes[0]).toMatchObject({ code: 'SVC415', severity: 'critical' });
    expect(report.causes[0]?.summary).toContain('Pod infra/router-x on node n1');
    expect(report.causes[0]?.fixes[0]?.command).toContain('"path":"/spec/template/spec/containers/0/ports/0/hostPort"');
  });

  it('offers to end the old pod first when a rollout waits for it', () => {
    const old = stagedApp('edge', { replicas: 1, hash: 'old111', container });
    const fresh = stagedApp('edge', { replicas: 1, hash: 'new222', container });
    const report = diagnose(old.pods, fresh.pods.map(pending), [old.deployment, old.replicaSet, fresh.replicaSet]);
    expect(report.causes[0]?.fixes[0]?.command).toContain('"maxSurge":0,"maxUnavailable":1');
  });

  it('stays silent when all pods are placed, or wait for something else', () => {
    const app = stagedApp('edge', { container });
    expect(diagnose(app.pods, [], [app.deployment, app.replicaSet]).verdict).toBe('healthy');
    const waits = app.pods.map((one): Pod => {
      const plain = pending(one);
      const conditions = [
        { type: 'PodScheduled', status: 'False', message: '0/2 nodes are available: 2 Insufficient cpu.' },
      ];
      return { ...plain, status: { ...plain.status, conditions } };
    });
    expect(diagnose([], waits).causes.map(({ code }) => code)).not.toContain('SVC415');
  });
});
