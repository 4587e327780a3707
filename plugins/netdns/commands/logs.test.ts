import { describe, expect, it } from 'vitest';
import { dnsObjects } from '../testing/dns-objects.ts';
import { runNetdns } from '../testing/run-netdns.ts';

describe('logs', () => {
  it('that may not be read are told with the right that is missing', async () => {
    const run = await runNetdns('logs', dnsObjects(), { denied: ['get pods/log'] });
    expect(run.exit).toBe(3);
    expect(run.stdout).toContain('could not tell: forbidden: get pods/log in namespace kube-system');
  });

  it('that are empty of all are no matter of rights', async () => {
    const run = await runNetdns('logs', dnsObjects());
    expect(run.stdout).not.toContain('forbidden');
  });
});
