/** An event as kubectl prints it for people: in a table, or below an object that it describes. */
export interface TextEvent {
  /** The column NAMESPACE, or that of the described object. */
  readonly namespace: string | undefined;
  /** As it stands there: `pod`, `Pod`; of a described object what its sections tell. */
  readonly kind: string | undefined;
  /** Empty where the head of a description is missing. */
  readonly name: string;
  /** `spec.containers{app}`, in wide tables only. */
  readonly fieldPath: string | undefined;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly source: string;
  /** 0 in the tables of `kubectl get events` without -o wide, which do not tell it. */
  readonly count: number;
  /** Milliseconds before the text was printed; undefined for `<unknown>`. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

/** What a text that kubectl printed for people tells. */
export interface KubectlText {
  readonly events: readonly TextEvent[];
  /** It has a table of all namespaces. */
  readonly everywhere: boolean;
  /** The names of what it shows besides events, in lines of a table or with a description. */
  readonly shown: readonly string[];
}

// HumanDuration in k8s.io/apimachinery pkg/util/duration; `(x5 over 10m)` in k8s.io/kubectl pkg/cmd/events.
const AGE = '(?:\\d+[ydhms])+|<\\w+>';
const SEEN = `(${AGE})(?: \\(x(\\d+) over (${AGE})\\))?`;
const WORDS = '\\S+(?: \\S+)*';

/** How a line of a table starts; the columns may be moved (`-w`), and the head may be missing (`grep`). */
const ROW_START = new RegExp(`^(?:\\S+ +)?${SEEN} +(?:Normal|Warning) `);
const ROW = new RegExp(`^(?:(\\S+) +)?${SEEN} +(Normal|Warning) +(${WORDS}) {2,}([\\w.-]+)/(\\S+)(?: +(.*))?$`, 's');
/** What follows the object with `-o wide`: SUBOBJECT, SOURCE, MESSAGE, FIRST SEEN, COUNT, NAME. */
const WIDE = new RegExp(`^(?:(\\w[\\w.]*\\{\\S*) {2,})?(?:(${WORDS}) {2,})?(.*?)(?<= {2})(${AGE}) +(\\d+) +\\S+$`, 's');

const ITEM_START = /^ {2}(?:Normal|Warning) /;
const ITEM = new RegExp(`^ {2}(Normal|Warning) +(${WORDS}) {2,}${SEEN} {2,}(?:(\\S+) {2,})?(.*)$`, 's');

const EVENTS_HEAD = /^(?:NAMESPACE +)?LAST SEEN +/;
const TABLE_HEAD = /^(NAMESPACE +)?NAME +[A-Z][A-Z-]*(?: |$)/;
const OBJECT_HEAD = /^Name: {2,}(\S+)/;
/** What was typed to get a text, after `$`, `me@host:~$`, `[me@host ~]$` or `PS C:\>`, and rules around it. */
const TYPED = '\\S*(?: \\S+)?[$#%>] |.*\\bkubectl |[=#*`-]{2}';
/** Lines that are no part of a message. */
const BOUNDARY = new RegExp(`^(?:[A-Z]+(?: [A-Z]+)? {2,}[A-Z]|Name: {2,}|\\s*$|${TYPED})`);
const ABOVE = new RegExp(`^(?:(?:[ \\t\\r]*|(?:${TYPED}).*)\\n)*`);

/** The sections that only one kind has (k8s.io/kubectl pkg/describe), `Pods Status` last: ReplicaSets have no own one. */
const SECTIONS: readonly (readonly [section: string, kind: string])[] = [
  ['QoS Class', 'Pod'],
  ['StrategyType', 'Deployment'],
  ['Volume Claims', 'StatefulSet'],
  ['Desired Number of Nodes Scheduled', 'DaemonSet'],
  ['Session Affinity', 'Service'],
  ['System Info', 'Node'],
  ['Ingress Class', 'Ingress'],
  ['Used By', 'PersistentVolumeClaim'],
  ['Concurrency Policy', 'CronJob'],
  ['Parallelism', 'Job'],
  ['Min replicas', 'HorizontalPodAutoscaler'],
  ['Pods Status', 'ReplicaSet'],
];

/** Heads that are surely kubectl's below words of somebody's own: at the margin, where objects in YAML have no such lines. */
const INSIDE =
  /^(?:(?:NAMESPACE +)?(?:LAST SEEN +TYPE|NAME +READY +STATUS) |Name: {2,}\S+\r?\nNamespace: {2,}|Events:\r?\n {2}Type +Reason)/m;

/** Longer than any event (the API server cuts messages at 1 KiB): texts of something else. */
const LONGEST = 8192;

/** Whether a text starts like what `kubectl get` or `kubectl describe` print, below what was typed to get it or a few words. */
export function isKubectlText(head: string): boolean {
  const text = head.replace(ABOVE, '');
  return (
    TABLE_HEAD.test(text.split(/\r?\n/, 1)[0] ?? '') ||
    EVENTS_HEAD.test(text) ||
    ROW_START.test(text) ||
    INSIDE.test(text) ||
    /^Name: {2,}\S.*\n(?:[A-Z].*\n| .*\n)*?(?:Namespace|Labels|Annotations): /.test(text)
  );
}

/** Reads all tables and descriptions of a text, in any order. */
export function readKubectlText(text: string): KubectlText {
  const events: TextEvent[] = [];
  const shown: string[] = [];
  const lines = text.split(/\r?\n/);
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  // A terminal breaks more than one line at its width.
  const width = lines.filter(({ length }) => length === longest).length > 1 ? longest : -1;
  let head: { readonly name: string; namespace?: string; kind?: string; readonly sections: Set<string> } | undefined;
  let everywhere = false;
  let column: number | undefined;
  let row: string | undefined;
  let before = '';
  const end = (): void => {
    const listed = row === undefined ? undefined : tableRow(row);
    const event = listed ?? (row === undefined ? undefined : describedItem(row, head));
    if (event !== undefined) events.push(event);
    everywhere ||= listed?.namespace !== undefined;
    row = undefined;
  };
  for (const line of lines) {
    const starts = ROW_START.test(line) || ITEM_START.test(line);
    if (starts || BOUNDARY.test(line)) end();
    if (starts) row = line.slice(0, LONGEST);
    // Messages of several lines stand as they are; those that a terminal broke fill the line before.
    else if (row !== undefined && row.length < LONGEST) row += `${before.length === width ? '' : '\n'}${line}`;
    else {
      const [, name] = OBJECT_HEAD.exec(line) ?? [];
      const [, section = '', value = ''] = /^([A-Z][\w -]*?):\s*(\S*)/.exec(line) ?? [];
      if (name !== undefined) {
        shown.push(name);
        head = { name, sections: new Set() };
      } else if (section === 'Namespace' && head !== undefined) head.namespace ??= value;
      else if (section === 'Kind' && head !== undefined) head.kind ??= value;
      head?.sections.add(section);
      const list = TABLE_HEAD.exec(line);
      if (name !== undefined || EVENTS_HEAD.test(line) || line.trim() === '') column = undefined;
      else if (list !== null) column = list[1] === undefined ? 0 : 1;
      else if (column !== undefined) {
        const [cell = ''] = line.split(/ +/).slice(column);
        shown.push(cell.slice(cell.indexOf('/') + 1));
      }
    }
    before = line;
  }
  end();
  return { events, shown, everywhere };
}

function tableRow(row: string): TextEvent | undefined {
  const match = ROW.exec(row);
  if (match === null) return undefined;
  const [, namespace, age, times, over, type = '', reason = '', kind = '', name = '', rest = ''] = match;
  const wide = WIDE.exec(rest);
  const [, fieldPath, source = '', message = rest, since = over ?? age, count = times] = wide ?? [];
  return {
    namespace,
    kind,
    name,
    fieldPath,
    type,
    reason,
    message: message.trim(),
    source: source.replace(/,.*/, ''),
    // `kubectl events` writes kinds as they are, and a count only when there is more than one.
    count: Number(count ?? (/^[a-z]/.test(kind) ? 0 : 1)),
    first: span(since),
    last: span(age),
  };
}

function describedItem(
  item: string,
  head: { name: string; namespace?: string; kind?: string; sections: ReadonlySet<string> } | undefined,
): TextEvent | undefined {
  const match = ITEM.exec(item);
  if (match === null) return undefined;
  const [, type = '', reason = '', age, times, over, source = '', message = ''] = match;
  return {
    namespace: head?.namespace,
    kind: head?.kind ?? SECTIONS.find(([section]) => head?.sections.has(section))?.[1],
    name: head?.name ?? '',
    fieldPath: undefined,
    type,
    reason,
    message,
    source,
    count: Number(times ?? 1),
    first: span(over ?? age),
    last: span(age),
  };
}

const UNITS: Readonly<Record<string, number>> = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, y: 31_536e6 };

function span(age: string | undefined): number | undefined {
  let total: number | undefined;
  for (const [, number, unit = ''] of (age ?? '').matchAll(/(\d+)(\w)/g)) {
    total = (total ?? 0) + Number(number) * (UNITS[unit] ?? 0);
  }
  return total;
}
