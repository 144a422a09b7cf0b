/**
 * Where Debian's archives are: as the caller says, else as apt on this
 * machine is set up, else Debian's own.
 *
 * @module
 */
import type { DebianArchive, Site } from "./kernel.ts";
import { didYouMean } from "./nearest.ts";
import { UsageError } from "./usage_error.ts";

/** URLs that replace those of the sites, by site. */
export type Mirrors = Readonly<Partial<Record<string, string>>>;

/** Below `archive` and `snapshot` there are folders of more than one archive. */
const defaults: Readonly<Record<Site, string>> = {
  debian: "http://ftp.debian.org/debian",
  security: "http://security.debian.org/debian-security",
  archive: "https://archive.debian.org",
  snapshot: "https://snapshot.debian.org/archive",
};

/** Reads `SITE=URL` of a command line. Throws {@link UsageError}. */
export function parseMirrors(
  values: readonly string[],
): Record<string, string> {
  return Object.fromEntries(values.map((value) => {
    const [, site = "", url = ""] = /^([^=]*)=(.*)$/.exec(value) ?? [];
    const known = Object.keys(defaults);
    if (site === "") {
      throw new UsageError(`Bad mirror "${value}": give it as SITE=URL`);
    }
    if (!known.includes(site)) {
      const hint = didYouMean(site, known) || `; there are ${known.join(", ")}`;
      throw new UsageError(`Unknown site "${site}" of mirror ${url}${hint}`);
    }
    if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url)) {
      throw new UsageError(
        `Bad mirror "${value}": the URL must begin with http:// or https://`,
      );
    }
    return [site, url];
  }));
}

/** The suites that are Debian's; no other distribution calls one so. */
const suite =
  /^(buster|bullseye|bookworm|trixie|forky|duke|sid|unstable|testing|(old){0,2}stable)(-\w+)?$/;

/** Which of Debian's sites one line of apt's targets is: `COMPONENT|RELEASE|LABEL|URI`. */
export function parseTarget(line: string): [Site, string] | undefined {
  const [component, release = "", label = "", uri = ""] = line.split("|");
  if (component !== "main" || !suite.test(release) || !/^https?:/.test(uri)) {
    return undefined;
  }
  const site = release.endsWith("-security") ? "security" : "debian";
  // Apt leaves the label as it was asked for where it has no index yet.
  const ours = site === "security"
    ? ["Debian-Security"]
    : ["Debian", "Debian Backports"];
  const isDebian = label === "$(LABEL)" || ours.includes(label);
  return isDebian ? [site, uri] : undefined;
}

async function targets(...options: string[]): Promise<string[]> {
  const format = "$(COMPONENT)|$(RELEASE)|$(LABEL)|$(REPO_URI)";
  const args = ["indextargets", ...options, "--format", format];
  try {
    const { stdout } = await new Deno.Command("apt-get", {
      args,
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function readApt(): Promise<Mirrors> {
  const parse = (lines: string[]): [Site, string][] =>
    lines.map(parseTarget).filter((target) => target !== undefined);
  // The first of a site wins, as the order of apt's sources is a preference.
  const known = parse(await targets());
  const sure = known.length > 0
    ? known
    : parse(await targets("--no-release-info"));
  return Object.fromEntries(sure.reverse());
}

let apt: Promise<Mirrors> | undefined;

async function siteUrl(site: Site, mirrors: Mirrors): Promise<string> {
  const named = mirrors[site];
  if (named !== undefined) return named;
  if (site === "archive" || site === "snapshot") return defaults[site];
  return (await (apt ??= readApt()))[site] ?? defaults[site];
}

/** The folder of the site that holds the archive; the old name of a security suite ends so. */
function folder({ site, suite, at }: DebianArchive): string {
  if (site === "snapshot") return `debian/${at ?? ""}/`;
  if (site !== "archive") return "";
  return suite.endsWith("/updates") ? "debian-security/" : "debian/";
}

/** The URL of an archive, which is what has `dists/` and `pool/` below it; ends with a slash. */
export async function archiveUrl(
  archive: DebianArchive,
  mirrors: Mirrors,
): Promise<URL> {
  const url = await siteUrl(archive.site, mirrors);
  return new URL(`${url.replace(/\/*$/, "/")}${folder(archive)}`);
}
