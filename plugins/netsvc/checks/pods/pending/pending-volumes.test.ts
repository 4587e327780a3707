import { describe, expect, it } from 'vitest';
import { unschedulable } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, event, node, service } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';
import { ask, TAIL } from '../../../testing/pending.ts';

const web = service('web');

describe('volumes that keep pods waiting', () => {
  it('tells claims that are not bound or do not exist', () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    const made = unschedulable(
      'web-6f9c-a',
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
      {
        of: 'web',
        spec: { volumes },
      },
    );
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop' },
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    };
    const report = ask(made, claim);
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).toContain('claim data is Pending (storageClassName fast)');
    const absent = unschedulable(
      'web-6f9c-a',
      '0/2 nodes are available: persistentvolumeclaim "data" not found. not found',
      { of: 'web', spec: { volumes } },
    );
    expect(ask(absent).headline).toContain('claim data does not exist in namespace shop');
    const like = { ...claim, metadata: { name: 'date', namespace: 'shop' } };
    expect(ask(absent, like).headline).toContain('does not exist in namespace shop; nearest: date');
  });

  it('tells what events say of a claim that was not recorded', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.${TAIL}`,
      {
        of: 'web',
        spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
      },
    );
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'shop' } };
    const said = event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found');
    const report = diagnoseObjects([web, deployment('web'), made, said], 'web', {
      except: { PersistentVolumeClaim: 'notCollected' },
    });
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).toContain('the pod uses claim data: storageclass.storage.k8s.io "fast" not found');
  });

  it('does not call a claim missing that is being deleted', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/1 nodes are available: persistentvolumeclaim "data" is being deleted.${TAIL}`,
      {
        of: 'web',
        spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
      },
    );
    const report = diagnoseObjects([web, deployment('web'), made], 'web', {
      except: { PersistentVolumeClaim: 'notCollected' },
    });
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).not.toContain('does not exist');
  });

  it('names the volume that is on other nodes, and what the pod asks of its node', () => {
    const made = unschedulable(
      'web-6f9c-a',
      `0/2 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity, 1 node(s) didn't match Pod's node affinity/selector.${TAIL}`,
      {
        of: 'web',
        spec: {
          nodeSelector: { 'kubernetes.io/hostname': 'n2' },
          volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }],
        },
      },
    );
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop', uid: 'c' },
      spec: { volumeName: 'pv-7' },
      status: { phase: 'Bound' },
    };
    const report = ask(made, claim, node('n1'));
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).toContain('claim data is Bound; the pod asks for kubernetes.io/hostname=n2');
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl get pv pv-7');
  });

  it('says that the storage class of a claim does not exist', () => {
    const made = unschedulable(
      'web-6f9c-a',
      '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      {
        of: 'web',
        spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
      },
    );
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop', uid: 'c' },
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    };
    const told = event(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast" not found');
    const report = ask(made, claim, told, node('n1'));
    expect(report.headline).toContain('claim data is Pending (storageClassName fast, which does not exist)');
    expect(report.causes[0]?.fixes.map((fix) => fix.command)).toContain(
      `kubectl get pvc data -n shop -o yaml | grep -v resourceVersion: > before.yaml && kubectl patch pvc data -n shop --type=merge -p '{"spec":{"storageClassName":"<CLASS>"}}' --dry-run=client -o json | kubectl replace --force -f -`,
    );
  });

  it('knows that the scheduler waits for a volume that nobody makes (WaitForFirstConsumer)', () => {
    const made = unschedulable('web-6f9c-a', '', {
      of: 'web',
      spec: { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] },
    });
    const unseen = { ...made, status: { phase: 'Pending' } };
    const claim = {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data', namespace: 'shop', uid: 'c' },
      spec: { storageClassName: 'fast' },
      status: { phase: 'Pending' },
    };
    const first = event(claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding');
    const waits = event(
      claim,
      'ExternalProvisioning',
      "Waiting for a volume to be created either by the external provisioner 'csi.example.com' or manually by the system administrator.",
    );
    const report = ask(unseen, claim, first, waits);
    expect(causeCodes(report)).toEqual(['SVC217']);
    expect(report.headline).toContain(
      'claim data is Pending (storageClassName fast), waiting for provisioner csi.example.com',
    );
    const scheduler = ask(unseen, claim, first);
    expect(scheduler.causes[0]).toMatchObject({ code: 'SVC221', confidence: 'possible' });
    expect(scheduler.headline).toContain('or it waits for the volume of claim data');
    const bound = { ...claim, status: { phase: 'Bound' } };
    expect(ask(unseen, bound).causes[0]?.confidence).toBe('likely');
    const without = diagnoseObjects([web, deployment('web'), unseen, waits], 'web', {
      except: { PersistentVolumeClaim: 'notCollected' },
    });
    expect(causeCodes(without)).toEqual(['SVC217']);
    expect(without.headline).toContain("the external provisioner 'csi.example.com'");
  });
});
