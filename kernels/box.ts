/**
 * `deno task kernels box`: builds a box for Vagrant of a suite of Debian.
 *
 * @module
 */
import type { Command } from "./command.ts";
import { unavailable } from "./exit.ts";
import { interruption } from "./interruption.ts";
import { Unavailable } from "./kernel.ts";
import { didYouMean } from "./nearest.ts";
import { debianSuites } from "./sites.ts";
import { print } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";
import { buildBox } from "./vagrant/build_box.ts";

const usual = "bookworm";

/** What `box --help` prints. */
export const boxHelp =
  `Usage: deno task kernels box [--mirror debian=URL] [SUITE]
Builds a box of Debian, as root: with --driver vagrant it is the row own-SUITE.

  SUITE                 ${
    debianSuites.join(", ").replace(
      /(.{50,}?), /,
      "$1,\n                        ",
    )
  };
                        ${usual} where it is not said
  --mirror debian=URL   takes the packages from there; without it those of buster are from
                        archive.debian.org
  --help                shows this

It is built for the user whose XDG_DATA_HOME it is given. What it takes is in docs/vagrant.md.
Exit status: 0 done, 64 bad usage, 69 the box could not be built; 129, 130 or 143 ended by
SIGHUP, SIGINT or SIGTERM.
`;

/** Builds the box and says where it is; the exit status. Throws {@link UsageError}. */
export async function box(command: Command): Promise<number> {
  const suite = suiteOf(command);
  using interrupt = interruption();
  const progress = (text: string): void =>
    print(`own-${suite}: ${text}`, Deno.stderr);
  try {
    const { signal } = interrupt;
    const { mirrors } = command;
    const built = await buildBox({ suite, mirrors, signal, progress });
    const megabytes = (built.size / 1e6).toFixed(0);
    print(`own-${suite}: ${megabytes} MB in ${built.catalogue}`);
    return 0;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    print(`own-${suite}: ${error.message}`, Deno.stderr);
    return unavailable;
  }
}

/** The suite that is asked for, before anything is made. */
function suiteOf({ patterns, offline }: Command): string {
  const [suite = usual, ...others] = patterns;
  if (others.length > 0) {
    throw new UsageError(`box takes one suite of Debian, such as ${usual}`);
  }
  if (!debianSuites.includes(suite)) {
    const hint = didYouMean(suite, debianSuites) ||
      `; there are ${debianSuites.join(", ")}`;
    throw new UsageError(`Unknown suite "${suite}" of Debian${hint}`);
  }
  if (offline) {
    throw new UsageError(
      "Unexpected option --offline: a box is made of packages of an archive",
    );
  }
  return suite;
}
