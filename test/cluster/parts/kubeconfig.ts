/** A kubeconfig as JSON text, which is YAML too. All material is inside, so the file can be copied. */
export function kubeconfigText(parts: {
  readonly cluster: string;
  readonly server: string;
  readonly authority: string;
  readonly user: string;
  readonly credentials: { readonly certificate: string; readonly key: string } | { readonly token: string };
  readonly namespace?: string;
}): string {
  const { cluster, server, authority, user, credentials, namespace } = parts;
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const context = `${user}@${cluster}`;
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    clusters: [{ name: cluster, cluster: { server, 'certificate-authority-data': base64(authority) } }],
    contexts: [{ name: context, context: { cluster, user, ...(namespace === undefined ? {} : { namespace }) } }],
    users: [
      {
        name: user,
        user:
          'token' in credentials
            ? { token: credentials.token }
            : {
                'client-certificate-data': base64(credentials.certificate),
                'client-key-data': base64(credentials.key),
              },
      },
    ],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
