import type { Finding } from '../../../shared/messages/finding.ts';
import { formatRef } from '../../../shared/model/refs.ts';
import type { PortSet } from '../../../shared/policy/rules/port-set.ts';
import type { Section } from '../../../shared/report/report.ts';
import { joinNames, wrap } from '../../../shared/util/text.ts';
import { changeMessages } from '../messages/change.ts';
import { portWords } from '../words/ports.ts';
import type { Compared } from './compare.ts';
import type { ControllerRow } from './diff-json.ts';

/** Whoever carries out Ingress and Route objects and the routes of Gateways, as a sender. */
const SENDER = 'what carries out Ingress, Route and Gateway objects';

/** Workloads in both states to which such a path is lost or gained. */
export function controllerFindings({ controller }: Compared, effect: 'lost' | 'gained'): readonly Finding[] {
  const message = effect === 'lost' ? changeMessages.POL501 : changeMessages.POL502;
  return changedPaths(controller, effect).map(({ to, ports }) =>
    message.raise({
      subject: to.ref,
      args: { receiver: formatRef(to.ref), ports: portWords(ports), senders: SENDER, because: '' },
      evidence: [{ fact: `${effect}: ${portWords(ports)} from ${SENDER}`, source: '' }],
    }),
  );
}

/** `TCP 8080 of Deployment shop/web is no longer reached through …`; undefined where no such path is lost. */
export function lostPathsWords({ controller }: Compared): string | undefined {
  const lost = changedPaths(controller, 'lost');
  if (lost.length === 0) return undefined;
  const whom = lost.map(({ to, ports }) => `${formatRef(to.ref)} (${portWords(ports)})`);
  return `${joinNames(whom, 2)} would lose what comes through Ingress, Route and Gateway objects`;
}

function changedPaths(
  rows: readonly ControllerRow[],
  effect: 'lost' | 'gained',
): readonly { readonly to: ControllerRow['to']; readonly ports: PortSet }[] {
  return rows.flatMap(({ to, change }) =>
    change[effect].length > 0 && to.before.length > 0 && to.after.length > 0 ? [{ to, ports: change[effect] }] : [],
  );
}

/** Which namespace the controller is in is not known, so a rule for one namespace leaves its paths open to doubt. */
const EFFECTS = [
  ['lost', 'lost'],
  ['gained', 'gained'],
  ['mayLose', 'may be lost, where the policies mean another namespace than the controller’s'],
  ['mayGain', 'may be gained, where the policies mean the controller’s namespace'],
] as const;

/** Paths that are listed; the rest is in the JSON. */
const LISTED = 40;

/** These paths in the text; empty without changes. */
export function controllerSections({ controller }: Compared): readonly Section[] {
  const lines = EFFECTS.flatMap(([effect, word]) =>
    controller.flatMap(({ to, change }) =>
      change[effect].length === 0
        ? []
        : wrap(`${word}: ${portWords(change[effect])} of ${formatRef(to.ref)}`, 76).map(
            (line, at) => `${at === 0 ? '  - ' : '    '}${line}`,
          ),
    ),
  );
  if (lines.length === 0) return [];
  return [{ type: 'text', title: 'Through Ingress, Route and Gateway objects', lines: lines.slice(0, LISTED) }];
}
