import { message } from '../../../shared/messages/define-messages.ts';

interface Tls {
  readonly ingress: string;
  readonly namespace: string;
  readonly secret: string;
}

/** Certificates of an Ingress. */
export const ingressTlsMessages = {
  SVC709: message<Tls & { hosts: string; elsewhere: string; issued: boolean }>({
    slug: 'tls-secret-missing',
    severity: 'warning',
    rung: 80,
    title: 'the TLS Secret of an Ingress does not exist',
    summary: ({ ingress, namespace, secret, hosts, elsewhere }) =>
      `Ingress ${namespace}/${ingress} takes its certificate for ${hosts || 'all hosts'} from Secret ${secret}, which does not exist` +
      (elsewhere === '' ? '' : ` in this namespace: it is in namespace ${elsewhere}`),
    explain:
      'The Secret with certificate and key must stand in the namespace of the Ingress. Without it the controller serves a ' +
      'certificate of its own ("Kubernetes Ingress Controller Fake Certificate"), which browsers and clients refuse; some ' +
      'controllers serve nothing at all.\nCreate the Secret. Where cert-manager should do it, look at the Certificate of the ' +
      'same name: kubectl describe certificate.',
    fixes: ({ namespace, secret, elsewhere, issued }) => {
      if (issued) {
        return [
          {
            title: 'see why cert-manager has not issued it',
            command: `kubectl describe certificate,certificaterequest,order,challenge -n ${namespace}`,
            risk: 'none',
          },
        ];
      }
      if (elsewhere !== '') {
        return [
          {
            title: `copy it from namespace ${elsewhere}`,
            command:
              `kubectl get secret ${secret} -n ${elsewhere} -o yaml | sed -e 's/^  namespace: ${elsewhere}$/  namespace: ${namespace}/' ` +
              `-e '/^  uid:/d' -e '/^  resourceVersion:/d' -e '/^  creationTimestamp:/d' | kubectl create -f -`,
            risk: 'low',
            undo: `kubectl delete secret ${secret} -n ${namespace}`,
          },
        ];
      }
      return [
        {
          title: 'create it from certificate and key',
          command: `kubectl create secret tls ${secret} -n ${namespace} --cert=tls.crt --key=tls.key`,
          risk: 'low',
          undo: `kubectl delete secret ${secret} -n ${namespace}`,
        },
      ];
    },
  }),

  SVC710: message<Tls & { type: string; lacking: string; keys: string }>({
    slug: 'tls-secret-wrong-type',
    severity: 'warning',
    rung: 80,
    title: 'the TLS Secret of an Ingress is of the wrong type',
    summary: ({ ingress, namespace, secret, type, lacking, keys }) =>
      lacking === ''
        ? `Secret ${secret} of Ingress ${namespace}/${ingress} is of type ${type} instead of kubernetes.io/tls`
        : `Secret ${secret} of Ingress ${namespace}/${ingress} (type ${type}) has no ${lacking}` +
          (keys === '' ? '' : `, only ${keys}`),
    explain:
      'Controllers read the keys tls.crt and tls.key of a Secret of type kubernetes.io/tls. Other keys are not looked for; ' +
      'another type is refused by some controllers even when the keys are right.\nThe type of a Secret cannot be changed: ' +
      'delete it and create it with kubectl create secret tls.',
    fixes: ({ secret, namespace, type, lacking }) => [
      ...(lacking !== ''
        ? []
        : [
            {
              title: 'create it anew with the right type, from what it holds',
              command:
                `kubectl get secret ${secret} -n ${namespace} -o yaml | sed 's#^type: ${type}$#type: kubernetes.io/tls#' | ` +
                'kubectl replace --force -f -',
              risk: 'low' as const,
              undo:
                `kubectl get secret ${secret} -n ${namespace} -o yaml | sed 's#^type: kubernetes.io/tls$#type: ${type}#' | ` +
                'kubectl replace --force -f -',
            },
          ]),
      {
        title: 'create it anew from certificate and key',
        command:
          `kubectl delete secret ${secret} -n ${namespace} && ` +
          `kubectl create secret tls ${secret} -n ${namespace} --cert=tls.crt --key=tls.key`,
        risk: 'high',
      },
    ],
  }),

  SVC711: message<Tls & { since: string; end: string }>({
    slug: 'tls-certificate-expired',
    severity: 'warning',
    rung: 80,
    title: 'the certificate of an Ingress has expired',
    summary: ({ ingress, namespace, secret, since, end }) =>
      `the certificate in Secret ${secret} of Ingress ${namespace}/${ingress} expired ${since} ago (${end})`,
    explain:
      'Clients refuse a certificate after its last day. Plain HTTP and callers inside the cluster are not concerned.\n' +
      'Replace it; with cert-manager, look why the renewal did not happen.',
    fixes: renew,
  }),

  SVC712: message<Tls & { left: string; end: string }>({
    slug: 'tls-certificate-expires-soon',
    severity: 'warning',
    rung: 90,
    title: 'the certificate of an Ingress expires soon',
    summary: ({ ingress, namespace, secret, left, end }) =>
      `the certificate in Secret ${secret} of Ingress ${namespace}/${ingress} expires in ${left} (${end})`,
    explain:
      'After that day clients refuse the certificate. One that cert-manager keeps is told only when its renewal is overdue; ' +
      'any other thirty days before.\nRenew it now.',
    fixes: renew,
  }),

  SVC713: message<Tls & { hosts: string; names: string }>({
    slug: 'tls-host-not-covered',
    severity: 'warning',
    rung: 80,
    title: 'the certificate of an Ingress is not for its host',
    summary: ({ ingress, namespace, secret, hosts, names }) =>
      `the certificate in Secret ${secret} of Ingress ${namespace}/${ingress} is not for ${hosts}: it carries ${names}`,
    explain:
      'Clients compare the host they asked for with the subjectAltName entries of the certificate. A wildcard stands for one ' +
      'label: *.example.com holds for shop.example.com, not for example.com nor a.shop.example.com. The common name (CN) no ' +
      'longer counts.\nHave a certificate made for this host.',
    fixes: renew,
  }),

  SVC714: message<Tls & { position: number }>({
    slug: 'tls-key-mismatch',
    severity: 'warning',
    rung: 80,
    title: 'key and certificate of an Ingress do not belong together',
    summary: ({ ingress, namespace, secret, position }) =>
      position === 0
        ? `tls.key in Secret ${secret} of Ingress ${namespace}/${ingress} does not belong to the certificate in tls.crt`
        : `tls.crt in Secret ${secret} of Ingress ${namespace}/${ingress} has its certificates in the wrong order: the server's own is number ${position}`,
    explain:
      'The private key must belong to the first certificate in tls.crt; the certificates of its issuers follow. Otherwise the ' +
      'controller refuses the pair and serves a certificate of its own.\nPut the right key into the Secret, or the ' +
      "server's certificate first.",
    fixes: renew,
  }),

  SVC716: message<Tls & { reason: string }>({
    slug: 'tls-unverified',
    severity: 'info',
    title: 'the certificate of an Ingress could not be looked at',
    summary: ({ ingress, namespace, secret, reason }) =>
      `unable to verify the certificate in Secret ${secret} of Ingress ${namespace}/${ingress}: ${reason}`,
    explain:
      'Reading Secrets needs a right of its own, which a role for diagnosis may well lack, and recordings keep no Secrets. ' +
      'Nothing is said about this certificate, neither good nor bad.',
    fixes: ({ secret, namespace }) => [
      {
        title: 'ask whether you may read it',
        command: `kubectl auth can-i get secret/${secret} -n ${namespace}`,
        risk: 'none',
      },
    ],
  }),

  SVC717: message<Tls & { begin: string }>({
    slug: 'tls-certificate-not-yet-valid',
    severity: 'warning',
    rung: 80,
    title: 'the certificate of an Ingress is not valid yet',
    summary: ({ ingress, namespace, secret, begin }) =>
      `the certificate in Secret ${secret} of Ingress ${namespace}/${ingress} is valid only from ${begin}`,
    explain:
      'Clients refuse a certificate before its first day. Most often a clock was wrong where it was made, or it was put in ' +
      'place too early.',
    fixes: renew,
  }),

  SVC718: message<Tls>({
    slug: 'tls-certificate-unreadable',
    severity: 'warning',
    rung: 80,
    title: 'tls.crt of an Ingress holds no certificate',
    summary: ({ ingress, namespace, secret }) =>
      `tls.crt in Secret ${secret} of Ingress ${namespace}/${ingress} holds no readable PEM certificate`,
    explain:
      'The controller cannot read the certificate and serves one of its own. Typical faults are DER instead of PEM, the key ' +
      'in the place of the certificate, or text that was encoded in base64 twice.',
    fixes: renew,
  }),
};

function renew({ secret, namespace }: Tls) {
  return [
    {
      title: 'replace the certificate (put the new files in place first)',
      command:
        `kubectl create secret tls ${secret} -n ${namespace} --cert=tls.crt --key=tls.key --dry-run=client -o yaml | ` +
        'kubectl apply -f -',
      risk: 'low' as const,
    },
  ];
}
