import { describe, expect, it } from 'vitest';
import { parseAmounts, parseCreateFailure } from './create-failures.ts';

describe('parseCreateFailure', () => {
  it('reads a quota with several resources', () => {
    expect(
      parseCreateFailure(
        'pods "web-" is forbidden: exceeded quota: compute, requested: pods=1,requests.cpu=60m, used: pods=2,requests.cpu=60m, limited: pods=2,requests.cpu=100m',
      ),
    ).toEqual({
      is: 'quota',
      quota: 'compute',
      requested: 'pods=1,requests.cpu=60m',
      used: 'pods=2,requests.cpu=60m',
      limited: 'pods=2,requests.cpu=100m',
    });
  });

  it('reads ValidatingAdmissionPolicies and security context constraints as policies', () => {
    expect(
      parseCreateFailure(
        `pods "web-" is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'b' denied request: root`,
      ).is,
    ).toBe('policy');
    expect(
      parseCreateFailure('pods "web-" is forbidden: unable to validate against any security context constraint: []').is,
    ).toBe('policy');
  });

  it('keeps what it does not know', () => {
    expect(
      parseCreateFailure('Error creating: pods "web-x" is forbidden: pod rejected: RuntimeClass "gvisor" not found'),
    ).toEqual({
      is: 'other',
      text: 'pod rejected: RuntimeClass "gvisor" not found',
    });
  });
});

describe('parseAmounts', () => {
  it('splits a list of amounts', () => {
    expect([...parseAmounts('pods=1,requests.cpu=60m')]).toEqual([
      ['pods', '1'],
      ['requests.cpu', '60m'],
    ]);
  });
});
