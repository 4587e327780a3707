import { kindAmong } from './kind-words.ts';

/** The kinds that a target may have. */
export const TARGET_KINDS = [
  'Service',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Ingress',
] as const;

export type TargetKind = (typeof TARGET_KINDS)[number];

/** The kind that a word means to kubectl, among those that a target may have. */
export function kindOfWord(word: string): TargetKind | undefined {
  // Endpoints bear the name of their Service.
  return /^(ep|endpoints)$/i.test(word) ? 'Service' : kindAmong(TARGET_KINDS, word);
}
