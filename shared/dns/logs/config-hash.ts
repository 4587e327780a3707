/** The hash of the Corefile that a server runs on, by the last such line of its log; MD5 before 1.10, SHA512 since. */
export function configHashIn(log: string): string | undefined {
  return [...log.matchAll(/plugin\/reload: Running configuration (?:SHA512|MD5) = ([0-9a-f]+)/g)].at(-1)?.[1];
}
