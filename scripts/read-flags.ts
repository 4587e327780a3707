import process from 'node:process';
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Node's `parseArgs`; a flag that is none ends the program with one line that names it, and exit status 2. */
export function readFlags<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    const flags = Object.keys(config.options ?? {}).map((name) => `--${name}`);
    process.stderr.write(
      `error: ${error instanceof Error ? error.message : String(error)}; there are ${flags.join(', ')}\n`,
    );
    process.exit(2);
  }
}
