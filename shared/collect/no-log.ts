/**
 * What the kubelet answers, with status 200, in place of a log that it has removed (ReadLogs in pkg/kubelet): no word of
 * the container's.
 */
const NO_LOG = /^\s*unable to retrieve container logs for \w+:\/\/\S+\s*$/;

/** Whether a text that was read as a log is none. */
export function isNoLog(text: string): boolean {
  return text.length < 400 && NO_LOG.test(text);
}
