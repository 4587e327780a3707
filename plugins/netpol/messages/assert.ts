import { defineMessages, message } from '../../../shared/messages/define-messages.ts';

/** POL511: expectations. */
export const assertMessages = defineMessages({
  POL511: message<{ readonly line: string; readonly is: string; readonly because: string }>({
    slug: 'expectation-fails',
    severity: 'warning',
    rung: 10,
    title: 'an expectation about policies does not hold',
    summary: ({ line, is, because }) => `"${line}" does not hold: it is ${is}${because}`,
    explain:
      'The line of the file says what the policies are to allow or to deny, and they do otherwise. Either the policies changed and ' +
      'should not have, or the expectation is out of date.\n' +
      'kubectl netpol can-reach A B --port PORT shows the whole walk and the smallest change.',
  }),
});
