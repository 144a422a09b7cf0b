/**
 * The command line of `deno task kernels`: from words to a command, or one
 * line that says which word was wrong and what would be right.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { didYouMean } from "./nearest.ts";
import { globHelp } from "./select.ts";
import { parseMirrors, sites } from "./sites.ts";
import { UsageError } from "./usage_error.ts";

/** What `--help` prints. */
export const help = `Usage: deno task kernels [VERB] [options] [KERNEL…]

  list               the kernels that can be booted, and what is cached (without a verb)
  fetch              has them; --lock writes what rows of archives are to kernels.lock
  verify             checks every image in the cache, and every kernel of yours that is a row
  prune              removes from the cache what no run of a row here would take up: kernels,
                     frozen machines, archives
  add LABEL=SOURCE   keeps a kernel of yours: from then on it is the row own-LABEL; a LABEL
                     that begins with own- is the row itself
  box [SUITE]        builds a box of Debian (bookworm), as root: with --driver vagrant it is
                     the row own-SUITE

  KERNEL             an id, a GLOB such as 'debian-*', or LABEL=SOURCE; all without it
  SOURCE             PATH of a bzImage, vmlinuz, vmlinux, .deb, .rpm or a kernel's build,
                     or URL#sha256=HEX
  --mirror SITE=URL  takes a site from there: ${
  Object.keys(sites).join(", ").replace(
    /(.{40,}?), /,
    "$1,\n                     ",
  )
}
  --offline          uses what is cached, and no network
  --help             shows this

${globHelp}
Where there is a kernels.lock in this folder, rows of archives are had and listed as it says,
and no others; a SOURCE of yours is had as it is.
Exit status: 0 done, 64 bad usage, 69 a kernel or a box could not be had, an image is damaged
or cannot be read, or the cache cannot be used or trusted; 129, 130 or 143 ended by SIGHUP,
SIGINT or SIGTERM.
`;

const verbs = ["list", "fetch", "verify", "prune", "add", "box"] as const;

/** What is to be done. */
export type Verb = typeof verbs[number];

/** What the command line asked for. */
export interface Command {
  readonly verb: Verb;
  readonly patterns: readonly string[];
  readonly mirrors: Record<string, string>;
  readonly offline: boolean;
  readonly lock: boolean;
  readonly help: boolean;
}

const flags = ["offline", "lock", "help"];
const known = ["mirror", ...flags].map((name) => `--${name}`);

function refuse(word: string): boolean {
  if (!word.startsWith("-")) return true;
  const [name = word] = word.split("=");
  throw new UsageError(
    `Unknown option "${name}"${didYouMean(name, known) || "; see --help"}`,
  );
}

function verbOf(word: string): Verb {
  const verb = verbs.find((verb) => verb === word);
  if (verb !== undefined) return verb;
  const hint = didYouMean(word, verbs) || `; there are ${verbs.join(", ")}`;
  throw new UsageError(`Unknown command "${word}"${hint}`);
}

/** Reads the command line. Throws {@link UsageError}. */
export function readCommand(argv: readonly string[]): Command {
  const parsed: Record<string, unknown> = parseArgs([...argv], {
    string: ["_", "mirror"], // Without "_", the id 5.10 would be the number 5.1.
    boolean: flags,
    collect: ["mirror"],
    alias: { help: "h" },
    unknown: refuse,
  });
  const [word = "list", ...patterns] = [parsed._ ?? []].flat().map(String);
  const verb = verbOf(word);
  const lock = parsed.lock === true;
  if (lock && verb !== "fetch") {
    throw new UsageError(`Unexpected option --lock: it is for fetch`);
  }
  if (patterns.length > 0 && ["verify", "prune"].includes(verb)) {
    throw new UsageError(`${verb} takes no kernel: it looks at every image`);
  }
  return {
    verb,
    patterns,
    mirrors: parseMirrors([parsed.mirror ?? []].flat().map(String)),
    offline: parsed.offline === true,
    lock,
    help: parsed.help === true,
  };
}
