import { namesOf } from '../../../shared/dns/service-names.ts';
import type { Evidence, Finding } from '../../../shared/messages/finding.ts';
import { nameOf, namespaceOf, type Ref, refOf } from '../../../shared/model/refs.ts';
import { joinNames } from '../../../shared/util/text.ts';
import { namesMessages } from '../messages/names.ts';
import type { NameQuestion } from './name-question.ts';
import type { readName } from './name-reading.ts';
import { who } from './question-words.ts';

/** The finding for a name that can only be read as a mistake for another. */
export function readingFinding(
  question: NameQuestion,
  reading: ReturnType<typeof readName>,
  subject: Ref,
  evidence: readonly Evidence[],
): Finding {
  const { name, zone } = question;
  const key = (service: Parameters<typeof nameOf>[0]): string => `${namespaceOf(service)}/${nameOf(service)}`;
  switch (reading.is) {
    case 'elsewhere':
      return namesMessages.DNS602.raise({
        subject,
        args: { name, who: who(question), namespaces: joinNames(reading.namespaces), better: reading.better },
        evidence: [
          {
            fact: `names: ${namesOf(reading.service, reading.namespaces[0] ?? '', zone.domain)
              .slice(1)
              .join(', ')}`,
            source: `Service ${reading.namespaces[0] ?? ''}/${reading.service}`,
          },
          ...evidence,
        ],
      });
    case 'domain':
      return namesMessages.DNS603.raise({
        subject,
        args: { name, domain: reading.domain, right: zone.domain, better: reading.better },
        evidence,
      });
    case 'form':
      return namesMessages.DNS601.raise({
        subject,
        args: { name, who: who(question), why: reading.why, better: reading.better },
        evidence,
      });
    case 'headless':
      return namesMessages.DNS604.raise({
        subject: refOf(reading.service, 'Service'),
        args: { name, service: key(reading.service), ready: reading.ready, all: reading.all },
        evidence: [
          {
            fact: `clusterIP: None, ${reading.ready} of ${reading.all} endpoints ready`,
            source: `Service ${key(reading.service)}`,
          },
          ...evidence,
        ],
      });
    case 'srv':
      return namesMessages.DNS605.raise({
        subject: refOf(reading.service, 'Service'),
        args: { name, service: key(reading.service), why: reading.why },
        evidence,
      });
    case 'pod':
      return namesMessages.DNS606.raise({
        subject: refOf(reading.service, 'Service'),
        args: { name, pod: reading.host, service: key(reading.service), why: reading.why },
        evidence,
      });
    case 'namespace':
      return namesMessages.DNS601.raise({
        subject,
        args: { name, who: who(question), why: `there is no namespace ${reading.namespace}`, better: reading.better },
        evidence,
      });
    case 'service':
      return namesMessages.DNS601.raise({
        subject,
        args: {
          name,
          who: who(question),
          why: `namespace ${reading.namespace} has no Service ${reading.service}`,
          better: reading.better,
        },
        evidence,
      });
    default:
      return namesMessages.DNS601.raise({
        subject,
        args: { name, who: who(question), why: 'no Service and no name outside is called so', better: '' },
        evidence,
      });
  }
}
