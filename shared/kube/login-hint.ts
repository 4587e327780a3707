import { X509Certificate } from 'node:crypto';
import { execCommandLine } from './auth/run-exec-plugin.ts';
import type { Target } from './config/choose-target.ts';
import type { KeyPair } from './config/read-pem.ts';
import { ClusterError } from './ports.ts';

/** Who asked, and with what. */
export interface Presented {
  readonly target: Target;
  readonly keyPair: KeyPair | undefined;
  /** The token came from the command line. */
  readonly tokenFlag: boolean;
  /** The server did not refuse, but took the asker for nobody. */
  readonly anonymous: boolean;
  readonly now: Date;
}

/**
 * The words for 401: what was presented, why it may be refused (an expired client certificate is seen at once), and how
 * to log in again. No credential is repeated.
 */
export function unauthorizedError(presented: Presented): ClusterError {
  const { target, keyPair, tokenFlag, anonymous, now } = presented;
  const { user, server, missingUser, context } = target;
  const refused = `${server.origin} refused the login`;
  const error = (message: string, hint: string): ClusterError =>
    new ClusterError('unauthorized', `${message}${anonymous ? '' : ' (401 Unauthorized)'}.`, hint);
  const where = user.file === undefined ? 'the kubeconfig' : user.file;
  const via = context === undefined ? '' : ` of context "${context}"`;

  if (missingUser !== undefined) {
    return error(
      `Nobody is logged in: context "${context}" names the user "${missingUser}", which no kubeconfig defines`,
      'Log in again, or choose another user with --user NAME.',
    );
  }
  if (tokenFlag) {
    return error(`${refused}: the token given with --token has expired or was revoked`, 'Pass a fresh one.');
  }
  if (user.token !== undefined) {
    return error(
      `${refused}: the token of user "${user.name}" has expired or was revoked`,
      `Log in again${via}; the token stands in ${where}.`,
    );
  }
  if (user.tokenFile !== undefined) {
    return error(
      `${refused}: the token in ${user.tokenFile} has expired or was revoked`,
      'Renew that file; in a pod, check that the service account still exists.',
    );
  }
  if (user.exec !== undefined) {
    return error(
      `${refused}: the server does not accept what ${user.exec.command} gives out`,
      `Log in again (is it the right account?), then check that this works: ${execCommandLine(user.exec)}`,
    );
  }
  if (user.authProvider !== undefined) {
    return error(
      `${refused}: the server does not accept the ${user.authProvider.name} token of user "${user.name}"`,
      `Log in again at your identity provider${via}.`,
    );
  }
  if (user.username !== undefined) {
    return error(
      `${refused}: the name and password of user "${user.name}" are not accepted`,
      'Kubernetes 1.19 and later know no passwords; use a token or a certificate.',
    );
  }
  if (keyPair !== undefined) return certificateRefused(error, refused, user.name, keyPair, now);
  return error(
    `Nobody is logged in: the kubeconfig${via} holds no credentials`,
    'Log in with the tool of your provider, or pass --token.',
  );
}

function certificateRefused(
  error: (message: string, hint: string) => ClusterError,
  refused: string,
  user: string,
  { cert }: KeyPair,
  now: Date,
): ClusterError {
  const renew = 'Renew it, on a kubeadm cluster with: kubeadm certs renew admin.conf';
  const until = validUntil(cert);
  if (until !== undefined && until.getTime() < now.getTime()) {
    return error(
      `${refused}: the client certificate of user "${user}" expired on ${until.toISOString().slice(0, 10)}`,
      renew,
    );
  }
  return error(
    `${refused}: the client certificate of user "${user}" is not accepted`,
    `It may belong to another cluster or an authority that was replaced. ${renew}`,
  );
}

function validUntil(cert: string): Date | undefined {
  try {
    return new Date(new X509Certificate(cert).validTo);
  } catch {
    return undefined;
  }
}
