import { defineCheck } from '../../../../shared/diagnose/check.ts';
import { formatRef } from '../../../../shared/model/refs.ts';
import type { MisreadWord } from '../../../../shared/model/snapshot.ts';
import type { ClusterCheck, ClusterSubject } from '../../lint/cluster-subject.ts';
import { formMessages } from '../../messages/form.ts';

/** Kinds whose labels and names policies look at. */
const LOOKED_AT =
  /^(?:Namespace|Pod|Service|Deployment|StatefulSet|DaemonSet|ReplicaSet|ReplicationController|Job|CronJob)$|NetworkPolicy$/;

/** Words of manifests that are text here and a boolean or a number to kubectl. */
export const wordWithoutQuotes: ClusterCheck = defineCheck<ClusterSubject>({
  id: 'netpol/word-without-quotes',
  group: 'form',
  needs: [],
  run: ({ misread }) => misread.filter(({ object }) => LOOKED_AT.test(object.kind)).map((word) => raise(word)),
});

function raise({ path, line, text, as, field, object }: MisreadWord) {
  const place = `${path}:${line}`;
  return formMessages.POL325.raise({
    subject: object,
    // A value that kubectl drops leaves an empty label behind; the others make the API server refuse.
    severity: as === 'nothing' ? 'warning' : 'critical',
    args: {
      place,
      object: formatRef(object),
      field,
      word: text,
      as: as === 'nothing' ? 'no value, which becomes an empty one' : `${as}, and the API server refuses the object`,
      fixes: [
        {
          title: `write it with quotes in ${place}`,
          command: `${field.split('.').at(-1) ?? ''}: "${text}"`,
          risk: 'none',
        },
      ],
    },
    evidence: [{ fact: `${field}: ${text}`, source: place }],
  });
}
