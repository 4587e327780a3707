import type { ServiceCheck } from '../../service-subject.ts';
import { policyKeepsCallerOut } from './policy-keeps-caller-out.ts';
import { policyKeepsIngressOut } from './policy-keeps-ingress-out.ts';
import { policyLetsNobodyIn } from './policy-lets-nobody-in.ts';
import { policyNotJudged } from './policy-not-judged.ts';

/** In reading order. */
export const policyChecks: readonly ServiceCheck[] = [
  policyLetsNobodyIn,
  policyKeepsCallerOut,
  policyKeepsIngressOut,
  policyNotJudged,
];
