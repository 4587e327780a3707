import { describe, expect, it } from 'vitest';
import { service } from '../../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../../testing/diagnose-objects.ts';

const alias = (ports: { port: number; targetPort?: number }[] = [], externalName = 'web.shop.svc.cluster.local') =>
  service('front', { type: 'ExternalName', externalName, selector: null, ports });

describe('external-name-notes', () => {
  it('notes that ports are not mapped and which name callers send', () => {
    const moved = diagnoseObjects([alias([{ port: 80, targetPort: 8080 }], 'www.example.com')], 'front');
    expect(moved.verdict).toBe('healthy');
    expect(moved.findings[0]?.summary).toContain('not mapped (80→8080)');
    expect(diagnoseObjects([alias([{ port: 443 }], 'www.example.com')], 'front').findings[0]?.summary).toContain(
      'Host header',
    );
    expect(diagnoseObjects([alias([{ port: 5432 }], 'db.example.com')], 'front').findings).toEqual([]);
  });
});
