/**
 * Where archives are: as the caller says, else as apt on this machine is set
 * up, else the distribution's own.
 *
 * @module
 */
import { alma, type Authority, debian, fedora, ubuntu } from "./authorities.ts";
import type { Archive, Site } from "./kernel.ts";
import { didYouMean } from "./nearest.ts";
import { UsageError } from "./usage_error.ts";

/** URLs that replace those of the sites, by site. */
export type Mirrors = Readonly<Partial<Record<string, string>>>;

/** What is known of a site. */
export interface SiteFacts {
  readonly authority: Authority;
  readonly url: string;
  /** Whether what is there is old by nature: expired indexes and keys are good. */
  readonly past?: boolean;
  /** The site that has the authority's keyring package, where this one has not. */
  readonly keysIn?: Site;
}

/** Every site. Below `archive` and `snapshot` there are folders of more than one archive. */
export const sites: Readonly<Record<Site, SiteFacts>> = {
  debian: { authority: debian, url: "http://ftp.debian.org/debian" },
  security: {
    authority: debian,
    url: "http://security.debian.org/debian-security",
    keysIn: "debian",
  },
  archive: {
    authority: debian,
    url: "https://archive.debian.org",
    past: true,
  },
  snapshot: {
    authority: debian,
    url: "https://snapshot.debian.org/archive",
    past: true,
  },
  ubuntu: { authority: ubuntu, url: "http://archive.ubuntu.com/ubuntu" },
  "old-ubuntu": {
    authority: ubuntu,
    url: "http://old-releases.ubuntu.com/ubuntu",
    past: true,
  },
  alma: { authority: alma, url: "https://repo.almalinux.org/almalinux" },
  fedora: {
    authority: fedora,
    url: "https://dl.fedoraproject.org/pub/fedora/linux",
  },
  "old-fedora": {
    authority: fedora,
    url: "https://archives.fedoraproject.org/pub/archive/fedora/linux",
    past: true,
  },
};

/** Reads `SITE=URL` of a command line. Throws {@link UsageError}. */
export function parseMirrors(
  values: readonly string[],
): Record<string, string> {
  return Object.fromEntries(values.map((value) => {
    const [, site = "", url = ""] = /^([^=]*)=(.*)$/.exec(value) ?? [];
    const known = Object.keys(sites);
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

/** What to do where these sites did not serve: a mirror that the user named may be what was wrong. */
export function mirrorWays(
  asked: readonly Site[],
  mirrors: Mirrors,
): string[] {
  const [named, others] = [true, false].map((isNamed) =>
    asked.filter((site) => Object.hasOwn(mirrors, site) === isNamed)
      .map((site) => `--mirror ${site}=${mirrors[site] ?? "URL"}`)
  );
  return [
    ...named?.length ? [`mend or leave out ${named.join(" and ")}`] : [],
    ...others?.length ? [`name a mirror with ${others.join(" or ")}`] : [],
  ];
}

/** Of Debian's, those that only its archive of the past still has. */
const pastSuites: readonly string[] = ["buster"];

/** Those of Debian that a machine can be made of, oldest first, and what else they are called. */
export const debianSuites: readonly string[] = [
  ...[...pastSuites, "bullseye", "bookworm", "trixie", "forky", "duke", "sid"],
  ...["oldoldstable", "oldstable", "stable", "testing", "unstable"],
];

/** Where a suite of Debian is; a mirror that the user names for `debian` has them all. */
export function debianSite(suite: string, mirrors: Mirrors): Site {
  const isPast = pastSuites.includes(suite) && mirrors.debian === undefined;
  return isPast ? "archive" : "debian";
}

/** The suites of each distribution; no other calls one so. */
const suites = {
  debian: new RegExp(`^(${debianSuites.join("|")})(-\\w+)?$`),
  ubuntu: /^(focal|jammy|noble|questing|resolute)(-updates|-security)?$/,
};

/** The labels of a site's indexes. Apt leaves the label as it was asked for where it has no index yet. */
const labels: Readonly<Record<string, readonly string[]>> = {
  debian: ["Debian", "Debian Backports"],
  security: ["Debian-Security"],
  ubuntu: ["Ubuntu"],
};

/** Which of the sites one line of apt's targets is: `COMPONENT|RELEASE|LABEL|URI`. */
export function parseTarget(line: string): [Site, string] | undefined {
  const [component, release = "", label = "", uri = ""] = line.split("|");
  if (component !== "main" || !/^https?:/.test(uri)) return undefined;
  const site = suites.ubuntu.test(release)
    ? "ubuntu"
    : !suites.debian.test(release)
    ? undefined
    : release.endsWith("-security")
    ? "security"
    : "debian";
  if (site === undefined) return undefined;
  const isOurs = label === "$(LABEL)" || labels[site]?.includes(label);
  return isOurs ? [site, uri] : undefined;
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
  const { url } = sites[site];
  if (!(site in labels)) return url;
  return (await (apt ??= readApt()))[site] ?? url;
}

/** The folder of the site that holds the archive; the old name of a security suite ends so. */
function folder({ site, suite, at }: Archive): string {
  if (site === "snapshot") return `debian/${at ?? ""}/`;
  if (site !== "archive") return "";
  return suite.endsWith("/updates") ? "debian-security/" : "debian/";
}

/** The URL of what has `dists/` and `pool/` below it, or the suites of rpm; ends with a slash. */
export async function archiveUrl(
  archive: Archive,
  mirrors: Mirrors,
): Promise<URL> {
  const url = await siteUrl(archive.site, mirrors);
  return new URL(`${url.replace(/\/*$/, "/")}${folder(archive)}`);
}
