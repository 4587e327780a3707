import { expect, it } from 'vitest';
import { service } from '../../../shared/testing/builders.ts';
import { diagnoseObjects } from '../testing/diagnose-objects.ts';

const UNREAD = { except: { EndpointSlice: 'notCollected', Pod: 'notCollected' } } as const;

it('Service kubernetes of facts without endpoints leads to the server that they came from', () => {
  const kubernetes = service('kubernetes', { selector: null }, { namespace: 'default' });
  const report = diagnoseObjects([kubernetes], 'default/kubernetes', UNREAD);
  expect(report).toMatchObject({ verdict: 'healthy', causes: [] });
  expect(report.headline).toBe('Service default/kubernetes leads to the API server, which answered');
  const other = service('kubernetes', { selector: null });
  expect(diagnoseObjects([other], 'kubernetes', UNREAD).verdict).toBe('unknown');
});
