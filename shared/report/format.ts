import type { Report } from './report.ts';
import { sanitize } from './sanitize.ts';
import { toJsonValue } from './to-json.ts';
import type { View } from './view.ts';

/** The forms that every report can take. */
export const REPORT_FORMATS = ['table', 'wide', 'json', 'yaml', 'markdown', 'html', 'junit', 'sarif', 'name'] as const;

/** The report in a form; each form is loaded only when used. */
export async function formatReport(report: Report, format: string, view: View): Promise<string> {
  switch (format) {
    case 'json':
      return JSON.stringify(toJsonValue(report), null, 2);
    case 'yaml':
      return (await import('js-yaml')).dump(toJsonValue(report), { noRefs: true, lineWidth: -1 });
    case 'markdown':
      return (await import('./format-markdown.ts')).formatMarkdown(sanitize(report));
    case 'html':
      return (await import('./format-html.ts')).formatHtml(sanitize(report));
    case 'junit':
      return (await import('./format-junit.ts')).formatJunit(sanitize(report), view.failOn);
    case 'sarif':
      return JSON.stringify((await import('./format-sarif.ts')).sarifValue(sanitize(report)), null, 2);
    case 'name':
      return (await import('./format-name.ts')).formatNames(sanitize(report));
    default:
      return (await import('./format-table.ts')).formatTable(sanitize(report), view, format === 'wide');
  }
}
