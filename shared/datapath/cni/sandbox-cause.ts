import type { PluginName } from '../../model/network-plugins.ts';
import { shorten } from '../../util/text.ts';
import { SANDBOX_ROWS } from './sandbox-rows.ts';
import type { SandboxTrouble } from './sandbox-trouble.ts';

export interface SandboxCause {
  readonly trouble: SandboxTrouble;
  /** The plugin that speaks, where its words tell. */
  readonly plugin: PluginName | undefined;
  /** What the words mean: `Calico has no free address for this node`. Empty when they are not known. */
  readonly meaning: string;
  /** The plugin's own words, without frames and identities. */
  readonly words: string;
}

/** What a message about a sandbox or an unready network means. */
export function sandboxCause(message: string): SandboxCause {
  const words = plainWords(message);
  const row = SANDBOX_ROWS.find(([pattern]) => pattern.test(message));
  if (row === undefined) return { trouble: 'other', plugin: undefined, meaning: '', words };
  return { trouble: row[1], plugin: row[2], meaning: row[3], words };
}

/** The plugin that was called, as containerd and CRI-O name it: `plugin type="bridge" name="cbr0"`. */
export function calledPlugin(message: string): { readonly type: string; readonly name: string } | undefined {
  const match = /plugin type="([^"]*)"(?: name="([^"]*)")?/.exec(message);
  return match === null ? undefined : { type: match[1] ?? '', name: match[2] ?? '' };
}

/** The plugin's words, without the frames and the identity of the sandbox. */
function plainWords(message: string): string {
  const core = message
    .replace(/^Failed to create pod sandbox: /i, '')
    .replace(/rpc error: code = \w+ desc = /g, '')
    .replace(/^failed to (?:setup|set up) network for sandbox "[^"]*": /, '')
    .replace(/^failed to create pod network sandbox \S+: error adding pod \S+ to CNI network "[^"]*": /, '')
    .replace(/^\[?failed to (?:set up|setup) (?:sandbox container|pod) "[^"]*" network for pod "[^"]*": /, '')
    .replace(/networkPlugin cni failed to set up pod "[^"]*" network: /, '')
    .replace(/^failed to get sandbox runtime: /, '')
    .replace(/^.*ERRORED: error configuring pod \[[^\]]*\] networking: \[[^\]]*\]: /s, '')
    .replace(/(?:CmdAdd \(shim\): )?CNI request failed with status \d+: '?(?:\[[^\]]*\] )?/g, '')
    .replace(/RPC failed; request ip return \d+ /, '')
    .replace(/error adding container to network "[^"]*": /, '')
    .replace(/'+$/, '');
  return shorten(core.replace(/^plugin type="[^"]*"(?: name="[^"]*")? failed \(add\): (?=.{120})/s, ''), 240);
}
