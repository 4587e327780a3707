import { describe, expect, it } from 'vitest';
import type { OwnedWorkload } from '../../../../../shared/model/owners.ts';
import { workload } from '../../../../../shared/testing/builders.ts';
import { podSecurityFix } from './pod-security-fix.ts';

const SPEC = { containers: [{ name: 'app' }, { name: 'proxy' }], initContainers: [{ name: 'init' }] };

function fix(text: string, kind: OwnedWorkload['kind'] = 'Deployment') {
  const object = workload(kind, 'web', { app: 'web' });
  const ref = { kind, namespace: 'shop', name: 'web' };
  return podSecurityFix({ kind, ref, object, template: { spec: SPEC } }, text);
}

const RAISED =
  'allowPrivilegeEscalation != false (containers "init", "app" must set securityContext.allowPrivilegeEscalation=false)';
const CAPABLE = 'unrestricted capabilities (container "app" must set securityContext.capabilities.drop=["ALL"])';
const ROOT = 'runAsNonRoot != true (pod or container "app" must set securityContext.runAsNonRoot=true)';
const SECCOMP =
  'seccompProfile (pod or containers "app", "proxy" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")';

describe('a pod that the level restricted refuses', () => {
  it('gets the fields that it lacks, each where the words say', () => {
    const [only] = fix([RAISED, CAPABLE, ROOT, SECCOMP].join(', '));
    const patch = JSON.parse(/-p '(.*)'$/.exec(only?.command ?? '')?.[1] ?? '{}');
    expect(only?.command).toMatch(/^kubectl patch deployment web -n shop -p /);
    expect(only?.undo).toBe('kubectl rollout undo deployment/web -n shop');
    expect(patch.spec.template.spec).toEqual({
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        { name: 'app', securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
      ],
      initContainers: [{ name: 'init', securityContext: { allowPrivilegeEscalation: false } }],
    });
  });

  it('with one field alone, gets that one', () => {
    expect(fix(ROOT)[0]?.command).toBe(
      `kubectl patch deployment web -n shop -p '{"spec":{"template":{"spec":{"securityContext":{"runAsNonRoot":true}}}}}'`,
    );
  });

  it.each([
    ['asks for what the app may need', `${ROOT}, hostPath volumes (volume "data")`],
    [
      'has a capability too many',
      'unrestricted capabilities (container "app" must not include "NET_ADMIN" in securityContext.capabilities.add)',
    ],
    ['says more than is known', `${ROOT}, somethingNew != true`],
    ['names a container that a webhook adds', RAISED.replace('"init"', '"istio-proxy"')],
    ['was cut', 'runAsNonRoot != true (pod or container "app" must set secu…'],
  ])('is left to the reader where it %s', (_, text) => {
    expect(fix(text)).toEqual([]);
  });

  it('is left to the reader where no template can be patched', () => {
    expect(fix(ROOT, 'Job')).toEqual([]);
  });
});
