import { defineCheck } from '../../../../shared/diagnose/check.ts';
import type { ServiceCheck, ServiceSubject } from '../../service-subject.ts';
import { appListensElsewhere } from './app-listens-elsewhere.ts';
import { containerServesNothing } from './container-serves-nothing.ts';
import { listensOnLoopback } from './listens-on-loopback.ts';
import { isManifestOnly } from './manifest-pods.ts';
import { namedPortMissing } from './named-port-missing.ts';
import { namedPortProtocol } from './named-port-protocol.ts';
import { PORT_USES } from './port-uses.ts';
import { targetPortNotServed } from './target-port-not-served.ts';
import { targetPortProtocol } from './target-port-protocol.ts';

/** The judgements that templates are enough for. */
const JUDGEMENTS: readonly ServiceCheck[] = [
  namedPortMissing,
  namedPortProtocol,
  targetPortNotServed,
  targetPortProtocol,
  appListensElsewhere,
  listensOnLoopback,
  containerServesNothing,
];

/** The ports of manifests that were never applied: templates stand for the pods they would make. */
export const manifestPorts = defineCheck<ServiceSubject>({
  id: 'netsvc/manifest-ports',
  group: 'ports',
  needs: [],
  uses: [...PORT_USES, 'Pod'],
  applies: (subject, { index }) => subject.selector !== undefined && isManifestOnly(index, subject),
  run: (subject, context) => JUDGEMENTS.flatMap((check) => check.run(subject, context)),
});
