/**
 * What the kubelet answers, with status 200, in place of a log that it has removed (ReadLogs in pkg/kubelet), and what
 * kubectl writes of a log that there is not, where its errors went into the file: no word of the container's. The last words
 * of a container that calls kubectl itself may begin alike, but are not about a container's log.
 */
const NO_LOG =
  /^\s*(?:unable to retrieve container logs for \w+:\/\/\S+|error: a container name must be specified for pod .*|Error from server(?: \(\w+\))?: (?:(?:previous terminated )?container "[^"]+" in pod "[^"]+" .*|pods "[^"]+" not found|.*(?:\/containerLogs\/|pods\/log).*))\s*$/;

/** Whether a text that was read as a log is none. */
export function isNoLog(text: string): boolean {
  return text.length < 1000 && NO_LOG.test(text);
}
