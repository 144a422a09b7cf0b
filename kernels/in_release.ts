/**
 * A suite's signed index, InRelease: who signed it, until when it is good, and
 * the checksums of the indexes below it.
 *
 * @module
 */
import { type Archive, Unavailable } from "./kernel.ts";
import { sites } from "./sites.ts";

/** Size and checksum of a file. */
export interface Sum {
  readonly size: number;
  /** In hex, 64 digits. */
  readonly sha256: string;
}

/** What an InRelease says. */
export interface Release {
  /** The names of the suite: `bookworm` and `oldstable`. */
  readonly names: readonly string[];
  readonly validUntil?: Date;
  /** By path below the suite's folder. */
  readonly sums: ReadonlyMap<string, Sum>;
}

function field(text: string, name: string): string | undefined {
  return new RegExp(`^${name}: *(.+)$`, "m").exec(text)?.[1]?.trim();
}

/** Reads the text that was signed. */
export function parseRelease(text: string): Release {
  const names = [field(text, "Codename"), field(text, "Suite")];
  const until = field(text, "Valid-Until");
  const block = /^SHA256:\n((?: .*\n?)*)/m.exec(text)?.[1] ?? "";
  const lines = [...block.matchAll(/^ ([0-9a-f]{64}) +(\d+) +(\S+)$/gm)];
  return {
    names: names.filter((name) => name !== undefined),
    ...(until === undefined ? {} : { validUntil: new Date(until) }),
    sums: new Map(lines.map(([, sha256 = "", size, path = ""]) => [
      path,
      { sha256, size: Number(size) },
    ])),
  };
}

/** An expired index may be an old one that somebody shows again. Archives of the past are old. */
export function checkRelease(
  release: Release,
  archive: Archive,
  now = new Date(),
): void {
  const { suite, site } = archive;
  const { names, validUntil } = release;
  // Security's suites were called NAME/updates, with NAME in the index, up to buster.
  if (!names.includes(suite) && !names.includes(suite.replace(/\/.*/, ""))) {
    throw new Unavailable(
      `The index of ${suite} is one of ${names.join(", ") || "no suite"}`,
    );
  }
  if (validUntil === undefined || sites[site].past) return;
  if (validUntil >= now) return;
  const day = Number.isNaN(validUntil.getTime())
    ? "?"
    : validUntil.toISOString().slice(0, 10);
  throw new Unavailable(
    `The index of ${suite} expired on ${day}: the mirror is out of date`,
  );
}
