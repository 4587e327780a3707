import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { serversCorefile } from '../../../../shared/dns/corefile/sources.ts';
import { globExpression } from '../../../../shared/dns/corefile/syntax/files.ts';
import { joinNames } from '../../../../shared/util/text.ts';
import type { DnsSubject } from '../../dns-subject.ts';
import { corefileInForceMessages } from '../../messages/corefile-in-force.ts';
import { SERVER_KINDS } from '../servers/server-facts.ts';

const CUSTOM = 'coredns-custom';

/** Keys of ConfigMap coredns-custom that no import of the Corefile matches: what they say has no effect. */
export const customUnread = defineCheck<DnsSubject>({
  id: 'netdns/custom-unread',
  group: 'corefile',
  needs: ['ConfigMap'],
  uses: SERVER_KINDS,
  run: (_subject, { index }) => {
    const source = serversCorefile(index);
    const namespace = source?.ref.namespace ?? '';
    const custom = source === undefined ? undefined : index.get('ConfigMap', namespace, CUSTOM);
    if (source === undefined || custom === undefined) return [];
    const texts = [source.text, ...Object.values(custom.data ?? {})];
    // The last part of the path of each `import`.
    const patterns = texts.flatMap((text) =>
      [...text.matchAll(/^[ \t]*import[ \t]+(?:\S*\/)?(\S+)/gm)].map(([, glob = '']) => globExpression(glob)),
    );
    // A zone file or a list of hosts is named by the plugin that reads it.
    const unread = Object.entries(custom.data ?? {}).filter(
      ([key, text]) =>
        holdsDirectives(text) &&
        !patterns.some((pattern) => pattern.test(key)) &&
        !texts.some((other) => other.includes(`/${key}`)),
    );
    if (unread.length === 0) return [];
    const imports = [...source.text.matchAll(/^[ \t]*import[ \t]+\S+/gm)].map(([line]) => line.trim());
    return [
      corefileInForceMessages.DNS218.raise({
        subject: { kind: 'ConfigMap', namespace, name: CUSTOM },
        args: { namespace, keys: unread.map(([key]) => key), imports },
        evidence: [
          { fact: `keys: ${joinNames(unread.map(([key]) => key))}`, source: `ConfigMap ${namespace}/${CUSTOM}` },
          {
            fact: imports.length === 0 ? 'no import' : imports.join(', '),
            source: `ConfigMap ${namespace}/${source.ref.name} Corefile`,
          },
        ],
      }),
    ];
  },
});

/** Anything but comments. */
function holdsDirectives(text: string): boolean {
  return text.split('\n').some((line) => /^\s*[^#\s]/.test(line));
}
