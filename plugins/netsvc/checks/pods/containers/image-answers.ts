import { shorten } from '../../../../../shared/util/text.ts';

/** What became of a pull, by the remedy that it needs. */
export type PullOutcome =
  | 'not-found'
  | 'refused'
  | 'no-such-registry'
  | 'unreachable'
  | 'limited'
  | 'bad-name'
  | 'short-name'
  | 'platform'
  | 'disk-full'
  | 'unusable'
  | 'unknown';

export interface PullAnswer {
  readonly outcome: PullOutcome;
  /** The registry's or runtime's words without the frames around them. */
  readonly words: string;
}

const OUTCOMES: readonly (readonly [RegExp, PullOutcome])[] = [
  [/toomanyrequests|too many requests|pull rate limit|\b429\b/i, 'limited'],
  [/no space left on device/i, 'disk-full'],
  [
    /no match for platform|no matching manifest|no image found in (?:manifest list|image index)|exec format/i,
    'platform',
  ],
  [/short-name .* did not resolve|short name mode is enforcing/i, 'short-name'],
  [/invalid reference format|must be lowercase|couldn't parse image name/i, 'bad-name'],
  [/unpack.*failed|failed to extract|not present with pull policy/i, 'unusable'],
  [/no such host|server misbehaving/i, 'no-such-registry'],
  [
    /connection refused|i\/o timeout|deadline exceeded|no route to host|network is unreachable|TLS handshake|x509|certificate|server gave HTTP response|\bEOF\b|connection reset|proxyconnect|Client\.Timeout|50[234] |5\d\d (Service|Bad|Internal)/i,
    'unreachable',
  ],
  [/pull access denied|repository does not exist|may require authorization|insufficient_scope/i, 'refused'],
  [
    /unauthorized|authentication required|no basic auth credentials|401|403|forbidden|denied|authorization failed/i,
    'refused',
  ],
  [/not found|manifest unknown|name unknown|NotFound|404/i, 'not-found'],
];

/** Sorts the message of a failed pull; several runtimes and versions. */
export function pullAnswer(message: string): PullAnswer {
  const words = coreOf(message);
  if (words === '') return { outcome: 'unknown', words };
  return { outcome: OUTCOMES.find(([pattern]) => pattern.test(words))?.[1] ?? 'unknown', words };
}

const FRAMES: readonly RegExp[] = [
  /^Back-off pulling image "[^"]*":?\s*/,
  /^(ErrImagePull|ImagePullBackOff|Failed to pull image "[^"]*"):\s*/,
  /^rpc error: code = \w+ desc = /,
  /^failed to pull and unpack image(?: "[^"]*")?: /,
  /^failed to resolve (?:reference|image)(?: "[^"]*")?: /,
  /^failed to do request: \w+ "[^"]*": /,
  /^Error response from daemon: /,
  /^failed to copy: /,
  /^httpReadSeeker: failed open: /,
  /^unexpected status (?:code|from \w+ request to) https?:\S+:? /,
  /^Failed to inspect image "[^"]*": /,
  /^Failed to apply default image tag "[^"]*": /,
  /^initializing source \S+: /,
];

function coreOf(message: string): string {
  let core = message.trim();
  for (let round = 0; round < 8; round++) {
    const frame = FRAMES.find((pattern) => pattern.test(core));
    if (frame === undefined) break;
    core = core.replace(frame, '').trim();
  }
  return shorten(core, 160);
}
