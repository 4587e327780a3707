import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

interface Flow {
  readonly receiver: string;
  readonly ports: string;
  readonly senders: string;
  readonly because: string;
}

/** POL501 to POL549: what a change would do. */
export const changeMessages = defineMessages({
  POL501: message<Flow>({
    slug: 'change-loses-traffic',
    severity: 'warning',
    rung: 10,
    title: 'a change takes traffic away',
    summary: ({ receiver, ports, senders, because }) =>
      `${receiver} would no longer be reached on ${ports} by ${senders}${because}`,
    explain:
      'With the change applied, policies no longer let this traffic through. Whether somebody uses it today is not known from ' +
      'objects; what a Service leads to is named first.\n' +
      'Add a rule for it before applying the change, or say --expect lost when the loss is meant.',
  }),
  POL502: message<Flow>({
    slug: 'change-opens-traffic',
    severity: 'warning',
    rung: 20,
    title: 'a change lets more through than expected',
    summary: ({ receiver, ports, senders, because }) =>
      `${receiver} could then be reached on ${ports} by ${senders}${because}`,
    explain:
      'With the change applied, policies let traffic through that they keep out today, and the command line said that this must not ' +
      'happen (--expect none or lost). A policy that is deleted, or a label that no longer matches, opens what it protected.\n' +
      'Narrow the change, or say --expect gained when it is meant.',
  }),
  POL503: message<{ readonly service: string; readonly labels: string }>({
    slug: 'change-empties-service',
    severity: 'warning',
    rung: 5,
    title: 'a change leaves a Service without pods',
    summary: ({ service, labels }) => `${service} would lead to no pod: none would have its labels ${labels}`,
    explain:
      'The Service leads to pods today. With the change applied its selector and the labels of the pods no longer agree, or the ' +
      'workload is gone, so that every connection to it fails, whatever policies say.\n' +
      'Change selector and labels together, or say --expect lost when the loss is meant.',
  }),
  POL504: message<{ readonly workload: string; readonly what: 'new' | 'gone' }>({
    slug: 'change-moves-workload',
    severity: 'warning',
    rung: 30,
    title: 'a workload comes or goes where nothing was to change',
    summary: ({ workload, what }) => `${workload} would be ${what}, with all its connections`,
    explain:
      'The command line said that no connection may change (--expect none). A workload that is in one of the states alone is a ' +
      'change, also when it was only renamed.\n' +
      'Say --expect gained when new workloads are meant.',
  }),
});
