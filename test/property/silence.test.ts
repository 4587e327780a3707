import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnoseObjects } from '../../plugins/netsvc/testing/diagnose-objects.ts';
import { ALL_KINDS } from '../../shared/model/kinds.ts';
import { toJsonValue } from '../../shared/report/to-json.ts';
import { validCluster } from './valid-cluster.ts';

const RUNS = { numRuns: 80 };

// Generous, because other tests share the processors: the property counts, not its time.
describe('random clusters without a fault', { timeout: 180_000 }, () => {
  it('get silence: every Service is healthy and has no cause', () => {
    fc.assert(
      fc.property(validCluster, ({ objects, services }) => {
        for (const name of services) {
          const report = diagnoseObjects(objects, name);
          expect(report.causes.map((cause) => `${cause.code} ${cause.summary}`)).toEqual([]);
          expect(report.verdict).toBe('healthy');
        }
      }),
      RUNS,
    );
  });

  it('are never called broken because a kind could not be read', () => {
    const status = fc.constantFrom('forbidden' as const, 'absent' as const, 'notCollected' as const, 'failed' as const);
    const removable = ALL_KINDS.filter((kind) => kind !== 'Service');
    const except = fc.dictionary(fc.constantFrom(...removable), status, { minKeys: 1, maxKeys: 6 });
    fc.assert(
      fc.property(validCluster, except, ({ objects, services }, kinds) => {
        for (const name of services) {
          const report = diagnoseObjects(objects, name, { except: kinds });
          expect(report.causes.map((cause) => `${cause.code} ${cause.summary}`)).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('give the same bytes for the same facts, in whatever order they were read', () => {
    fc.assert(
      fc.property(validCluster, ({ objects, services }) => {
        for (const name of services) {
          const forward = JSON.stringify(toJsonValue(diagnoseObjects(objects, name)));
          const backward = JSON.stringify(toJsonValue(diagnoseObjects([...objects].reverse(), name)));
          expect(backward).toBe(forward);
        }
      }),
      RUNS,
    );
  });
});
