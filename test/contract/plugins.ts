import { checks as netcniChecks } from '../../plugins/netcni/checks/checks.ts';
import { messages as netcniMessages } from '../../plugins/netcni/messages/messages.ts';
import { netcni } from '../../plugins/netcni/plugin.ts';
import { checks as netdnsChecks } from '../../plugins/netdns/checks/checks.ts';
import { messages as netdnsMessages } from '../../plugins/netdns/messages/messages.ts';
import { netdns } from '../../plugins/netdns/plugin.ts';
import { checks as netpolChecks } from '../../plugins/netpol/checks/checks.ts';
import { messages as netpolMessages } from '../../plugins/netpol/messages/messages.ts';
import { netpol } from '../../plugins/netpol/plugin.ts';
import { checks as netsvcChecks } from '../../plugins/netsvc/checks/checks.ts';
import { messages as netsvcMessages } from '../../plugins/netsvc/messages/messages.ts';
import { netsvc } from '../../plugins/netsvc/plugin.ts';
import type { Plugin } from '../../shared/cli/command.ts';
import type { Check } from '../../shared/diagnose/check.ts';
import type { AnyMessage } from '../../shared/messages/define-messages.ts';

/** What the contract tests hold every plugin to. */
export interface PluginFacts {
  readonly name: string;
  /** The three letters that its codes begin with. */
  readonly prefix: string;
  readonly plugin: Plugin;
  // biome-ignore lint/suspicious/noExplicitAny: subjects differ from plugin to plugin; no test here looks at them.
  readonly checks: readonly Check<any>[];
  readonly messages: Readonly<Record<string, AnyMessage>>;
}

export const PLUGINS: readonly PluginFacts[] = [
  { name: 'netsvc', prefix: 'SVC', plugin: netsvc, checks: netsvcChecks, messages: netsvcMessages },
  { name: 'netdns', prefix: 'DNS', plugin: netdns, checks: netdnsChecks, messages: netdnsMessages },
  { name: 'netpol', prefix: 'POL', plugin: netpol, checks: netpolChecks, messages: netpolMessages },
  { name: 'netcni', prefix: 'CNI', plugin: netcni, checks: netcniChecks, messages: netcniMessages },
];

/** The plugin that a command line starts with: `netsvc web -n shop`. */
export function pluginOf(line: string): Plugin {
  const found = PLUGINS.find(({ name }) => line.split(' ')[0] === name);
  if (found === undefined) throw new Error(`no plugin is called like the first word of: ${line}`);
  return found.plugin;
}
