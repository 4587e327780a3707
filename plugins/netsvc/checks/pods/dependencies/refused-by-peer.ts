import { defineCheck } from '../../../../../shared/diagnose/check.ts';
import { hideSecrets } from '../../../../../shared/util/hide-secrets.ts';
import { shortenMiddle, withoutLogHead } from '../../../../../shared/util/text.ts';
import { podsMessages } from '../../../messages/pods.ts';
import type { ServiceSubject } from '../../../service-subject.ts';
import { hostsIn } from '../../names/host-references.ts';
import { tailOf } from '../containers/last-log-lines.ts';
import { logSource, logsOf } from '../pod-evidence.ts';
import { groupBy, ownerKey } from '../pod-groups.ts';
import { readyPods, servicePods } from '../service-pods.ts';
import { POD_USES } from '../workloads-behind.ts';
import { DOES_WITHOUT } from './does-without.ts';
import { missingRight } from './missing-right.ts';

/** What servers answer whom they do not let in: PostgreSQL, MySQL, SQL Server, Oracle, MongoDB, Redis, RabbitMQ, Kafka, AWS, gRPC, axios. */
const REFUSED =
  /password authentication failed for user|no pg_hba\.conf entry|Access denied for user '|permission denied for (?:table|schema|relation|sequence|database|function|view)|Login failed for user|ORA-01017|Mongo\w*Error: (?:Authentication failed|not authorized)|\b(?:NOAUTH|WRONGPASS|NOPERM)\b|ACCESS_REFUSED|SASL authentication failed|(?:Sasl|Topic|Group|Cluster|TransactionalId)Auth(?:entication|orization)\w*Exception|is not authorized to perform|\bAccessDenied(?:Exception)?\b|code = (?:PermissionDenied|Unauthenticated)\b|Request failed with status code 40[13]\b|User "system:serviceaccount:[^"]+" cannot/i;
/** The same in general words, which count beside the host that was asked. */
const SAYS_NO = /\b40[13]\b|unauthori[sz]ed|forbidden|permission[ _]denied|authentication (?:failed|required)/i;
/** `"GET /admin HTTP/1.1" 403`: what the app itself answers is no trouble of its own. */
const ACCESS_LOG = /"?\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|CONNECT) \S+ HTTP\/\d/;
/** What was long ago may be over. */
const RECENT = 40;
const SHORT = 140;

/**
 * Pods that are Ready and whose log says that something they depend on refuses them: requests reach the app, and what they
 * ask for may fail there. A note: the Service itself does what it can.
 */
export const refusedByPeer = defineCheck<ServiceSubject>({
  id: 'netsvc/refused-by-peer',
  group: 'pods',
  needs: ['Pod'],
  uses: POD_USES,
  applies: (subject, { sweep }) => subject.selector !== undefined && sweep !== true,
  run: (subject, { index }) =>
    groupBy(readyPods(servicePods(index, subject)), ownerKey).flatMap((group) => {
      for (const entry of group)
        for (const { name = '' } of entry.pod.spec?.containers ?? []) {
          const text = logsOf(index, entry, name).find(({ previous }) => !previous)?.text ?? '';
          const { line, times } = refusal(text);
          if (line === undefined) continue;
          const right = missingRight(entry, name, line);
          const words = shortenMiddle(hideSecrets(withoutLogHead(line)), SHORT);
          return [
            podsMessages.SVC250.raise({
              subject: entry.owner,
              args: { container: name, pod: entry.name, words: right?.evidence.fact ?? words },
              evidence: [
                {
                  fact: `${words}${times > 1 ? ` (${times} such lines at its end)` : ''}`,
                  source: logSource(entry, name, false),
                },
              ],
              fixes: right?.fixes ?? [],
            }),
          ];
        }
      return [];
    }),
});

/** The last line in which a peer refuses the app, and how many there are. */
function refusal(text: string): { readonly line: string | undefined; readonly times: number } {
  const found = tailOf(text)
    .slice(-RECENT)
    .filter(
      (line) =>
        !ACCESS_LOG.test(line) &&
        // Redis: `WRONGPASS invalid username-password pair or user is disabled.`
        !DOES_WITHOUT.test(line.replace('user is disabled', '')) &&
        (REFUSED.test(line) || (SAYS_NO.test(line) && hostsIn(line).length > 0)),
    );
  return { line: found.at(-1), times: found.length };
}
