import { describe, expect, it } from 'vitest';
import type { Condition } from '../../../../shared/model/objects.ts';
import { pod, secondsAgo, service, slicesFor } from '../../../../shared/testing/builders.ts';
import { causeCodes, diagnoseObjects } from '../../testing/diagnose-objects.ts';

const web = service('web');
const GATE = 'target-health.elbv2.k8s.aws/web';

function gated(ready: boolean, condition?: Condition) {
  const since = secondsAgo(600);
  return pod('web-1', {
    spec: { readinessGates: [{ conditionType: GATE }] },
    status: {
      conditions: [
        { type: 'PodScheduled', status: 'True', lastTransitionTime: since },
        { type: 'ContainersReady', status: 'True', lastTransitionTime: since },
        {
          type: 'Ready',
          status: ready ? 'True' : 'False',
          reason: 'ReadinessGatesNotReady',
          lastTransitionTime: since,
        },
        ...(condition === undefined ? [] : [condition]),
      ],
    },
  });
}

describe('readiness-gates', () => {
  it('says that nobody set the condition', () => {
    const made = gated(false);
    const report = diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web');
    expect(causeCodes(report)).toEqual(['SVC312']);
    expect(report.headline).toBe(
      `readiness gate ${GATE} keeps pod web-1 out of rotation: no controller has set that condition, for 10m`,
    );
  });

  it('quotes the controller that set it to False', () => {
    const made = gated(false, {
      type: GATE,
      status: 'False',
      reason: 'Elb.RegistrationInProgress',
      message: 'Target registration is in progress',
    });
    const report = diagnoseObjects([web, made], 'web');
    expect(report.headline).toContain(
      'the condition is False (Elb.RegistrationInProgress: Target registration is in progress)',
    );
  });

  it('stays silent when the gate is open', () => {
    const made = gated(true, { type: GATE, status: 'True' });
    expect(diagnoseObjects([web, made, ...slicesFor(web, [made])], 'web').verdict).toBe('healthy');
  });
});
