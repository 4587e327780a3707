import { describe, expect, it } from 'vitest';
import { deployment, ownedBy, pod, service, slicesFor } from '../../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../../testing/diagnose-objects.ts';

const web = service('web');
const pods = ['web-a', 'web-b'].map((name) => pod(name, { meta: ownedBy('Deployment', 'web') }));

function ask(text: string) {
  const logs = [{ namespace: 'shop', pod: 'web-b', container: 'app', previous: false, text }];
  const report = diagnoseObjects([web, deployment('web'), ...pods, ...slicesFor(web, pods)], 'web', { logs });
  expect(report.verdict).toBe('healthy');
  return report.findings.filter(({ code }) => code === 'SVC250');
}

describe('a ready app that something refuses', () => {
  it.each([
    'FATAL: password authentication failed for user "orders"',
    "ERROR 1045 (28000): Access denied for user 'orders'@'10.244.1.7' (using password: YES)",
    'MongoServerError: Authentication failed.',
    '[error] upstream http://pricing:8080/v1 answered 403 Forbidden',
    'AxiosError: Request failed with status code 401',
    'rpc error: code = PermissionDenied desc = not allowed',
    'WRONGPASS invalid username-password pair or user is disabled.',
  ])('is a note in its own words: %s', (line) => {
    const [finding] = ask(`listening on :8080\n${line}\n`);
    expect(finding?.confidence).toBe('likely');
    expect(finding?.summary).toContain('container app in pod web-b');
    expect(finding?.summary).toContain(line.slice(0, 20));
  });

  it('names the right that a service account lacks', () => {
    const [finding] = ask(
      'E0301 pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"',
    );
    expect(finding?.summary).toContain('ServiceAccount shop/web may not list pods in namespace shop');
    expect(finding?.fixes[0]?.command).toContain('kubectl create role');
  });

  it.each([
    '10.244.0.1 - - [01/Mar/2026:11:59:01 +0000] "GET /admin HTTP/1.1" 403 153 "-" "curl/8.5"',
    'user bob: permission denied to delete order 7',
    'open /var/cache/x: permission denied',
    'metrics: http://stats:9000 says 403 Forbidden, continuing without',
    'served 403 requests',
  ])('is not read from what it answers itself, from files, and from what it can do without: %s', (line) => {
    expect(ask(`listening on :8080\n${line}\n`)).toEqual([]);
  });
});
