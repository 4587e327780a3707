import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../../../shared/model/objects.ts';
import { podWith, waiting } from '../../../../../shared/testing/broken-pods.ts';
import { deployment, pod, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');

function withMessage(message: string, more: readonly KubeObject[] = [], reason = 'CreateContainerConfigError') {
  const made = podWith('web-6f9c-a', { state: waiting(reason, message) }, { of: 'web' });
  return diagnoseObjects([web, deployment('web'), made, ...slicesFor(web, [made]), ...more], 'web');
}

describe('config-missing', () => {
  it('names the secret that is not there', () => {
    const report = withMessage('secret "db-credentials" not found');
    expect(causeCodes(report)).toEqual(['SVC226']);
    expect(report.headline).toContain('secret "db-credentials" not found in namespace shop');
    expect(report.causes[0]?.fixes[0]?.command).toBe(
      'kubectl create secret generic db-credentials -n shop --from-literal=<KEY>=<VALUE>',
    );
  });

  it('copies the ConfigMap from the namespace that has it', () => {
    const other = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'app-config', namespace: 'stage' } };
    const report = withMessage('configmap "app-config" not found', [other]);
    expect(report.causes[0]?.fixes[0]).toMatchObject({
      title: 'copy it from namespace stage, which has one of this name',
      command: `kubectl patch configmap app-config -n stage --type=merge -p '{"metadata":{"namespace":"shop","uid":null,"resourceVersion":null,"ownerReferences":null}}' --dry-run=client -o json | kubectl apply -f -`,
      undo: 'kubectl delete configmap app-config -n shop',
    });
  });

  it('names a ConfigMap of the namespace whose name is like the one that is missing', () => {
    const named = (name: string, namespace = 'shop') => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace },
    });
    const report = withMessage('configmap "web-config" not found', [named('web-conf'), named('kube-root-ca.crt')]);
    expect(report.headline).toContain('configmap "web-config" not found in namespace shop; nearest: web-conf');
    const alone = withMessage('configmap "web-config" not found', [
      named('kube-root-ca.crt'),
      named('web-conf', 'stage'),
    ]);
    expect(alone.headline).not.toContain('nearest');
  });

  it('names the key that the ConfigMap lacks', () => {
    const report = withMessage("couldn't find key mode in ConfigMap shop/app-config");
    expect(causeCodes(report)).toEqual(['SVC226']);
    expect(report.causes[0]?.fixes[0]?.command).toContain('kubectl patch configmap app-config -n shop');
  });

  it('tells settings that the kubelet refuses, once for all pods', () => {
    const pods = ['a', 'b'].map((id) =>
      podWith(
        `web-6f9c-${id}`,
        {
          state: waiting(
            'CreateContainerConfigError',
            `container has runAsNonRoot and image will run as root (pod: "web-6f9c-${id}_shop(uid)", container: app)`,
          ),
        },
        { of: 'web' },
      ),
    );
    const report = diagnoseObjects([web, deployment('web'), ...pods], 'web');
    expect(causeCodes(report)).toEqual(['SVC227']);
    expect(report.headline).toContain('in both pods of Deployment web');
    expect(report.headline).toContain('runAsNonRoot and image will run as root');
  });

  it('passes on reasons it does not know', () => {
    const report = withMessage('failed to generate container spec: no such device', [], 'CreateContainerError');
    expect(causeCodes(report)).toEqual(['SVC227']);
    expect(report.headline).toContain('CreateContainerError');
  });

  it('stays silent when the containers exist', () => {
    const pods = [pod('web-1')];
    expect(diagnoseObjects([web, ...pods, ...slicesFor(web, pods)], 'web').verdict).toBe('healthy');
  });
});
