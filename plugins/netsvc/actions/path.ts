import type { CommandResult, Request } from '../../../shared/cli/command.ts';
import { nameOf, namespaceOf } from '../../../shared/model/refs.ts';
import { pathOf } from '../diagnose/path-hops.ts';
import { describeServices } from './each-service.ts';

/** `path`: the hops of a request to each Service of the target. */
export async function runPath(request: Request): Promise<CommandResult> {
  const report = await describeServices(request, 'path', (services, { index, caller }, reports) => {
    const paths = services.flatMap((service, at) => {
      const own = reports[at];
      return own === undefined ? [] : [{ service, parts: pathOf(index, service, own, caller) }];
    });
    return {
      sections: paths.flatMap(({ parts }) =>
        parts.map((part) => ({ type: 'hops' as const, title: part.title, hops: part.hops })),
      ),
      data: {
        paths: paths.map(({ service, parts }) => ({ namespace: namespaceOf(service), name: nameOf(service), parts })),
      },
    };
  });
  return { type: 'report', report };
}
