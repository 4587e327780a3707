import { defineMessages } from '../../../shared/messages/define-messages.ts';

/** SVC801 to SVC849: nodes, kube-proxy, CoreDNS, address ranges. */
export const clusterMessages = defineMessages({});
