import type { Check } from '../../../../shared/diagnose/check.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { kubeletEvents } from './kubelet-events.ts';
import { localTraffic } from './local-traffic.ts';
import { podResolvers } from './pod-resolvers.ts';

/** In reading order. */
export const podsChecks: readonly Check<DnsSubject>[] = [kubeletEvents, localTraffic, podResolvers];
