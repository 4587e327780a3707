import { describe, expect, it } from 'vitest';
import { pod, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const diagnose = (name: string, from?: string) => {
  const web = service(name);
  const pods = [pod('web-1')];
  const caller = pod('client', { namespace: 'data', labels: { app: 'x' } });
  return diagnoseObjects([web, ...pods, ...slicesFor(web, pods), caller], name, from === undefined ? {} : { from });
};

describe('name-for-caller', () => {
  it('notes the name to use from another namespace', () => {
    const report = diagnose('web', 'data/client');
    expect(report.verdict).toBe('healthy');
    expect(report.findings.find((finding) => finding.code === 'SVC854')?.summary).toBe(
      'from namespace data the name is web.shop; web alone is looked up in data',
    );
  });

  it('says nothing within the namespace', () => {
    expect(diagnose('web').findings.map((finding) => finding.code)).not.toContain('SVC854');
  });
});
