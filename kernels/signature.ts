/**
 * Debian's signature of an index, checked by gpgv with Debian's own keys.
 *
 * @module
 */
import { Unavailable } from "./kernel.ts";

const keys = "/usr/share/keyrings/debian-archive-keyring";
const pastKeys = "/usr/share/keyrings/debian-archive-removed-keys";

/** Whose keys are believed. */
export interface Trust {
  /** Paths of keyrings; Debian's where it is not given. */
  readonly keyrings?: readonly string[] | undefined;
  /** Whether keys that have expired or were retired by now are good, as for releases of the past. */
  readonly past: boolean;
}

/** What was signed, and whether anybody could look at the signature. */
export interface Signed {
  readonly text: string;
  /** Why the signature was not checked. */
  readonly unchecked?: string;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then((s) => s.isFile, () => false);
}

async function keyrings(trust: Trust): Promise<string[]> {
  if (trust.keyrings) return [...trust.keyrings];
  const names = trust.past ? [keys, pastKeys] : [keys];
  const found: string[] = [];
  for (const name of names) {
    // Since trixie the files are called .pgp, and .gpg is a link that may go.
    if (await exists(`${name}.gpg`)) found.push(`${name}.gpg`);
    else if (await exists(`${name}.pgp`)) found.push(`${name}.pgp`);
  }
  return found;
}

/** The text within the armour of RFC 9580, section 7, unchecked. */
function strip(text: string): string {
  const body =
    /^-----BEGIN PGP SIGNED MESSAGE-----\n[^]*?\n\n([^]*?)\n-----BEGIN PGP SIGNATURE/
      .exec(text.replaceAll("\r\n", "\n"))?.[1];
  return (body ?? text).replaceAll(/^- /gm, "");
}

interface Verdict {
  readonly text: string;
  readonly status: string;
}

/** Runs gpgv, which writes the signed text and says of each signature what it is. */
async function gpgv(
  inRelease: Uint8Array<ArrayBuffer>,
  rings: string[],
): Promise<Verdict> {
  const options = rings.flatMap((ring) => ["--keyring", ring]);
  const args = [
    "--status-fd",
    "2",
    "--weak-digest",
    "SHA1",
    ...options,
    "--output",
    "-",
  ];
  const child = new Deno.Command("gpgv", {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // It writes while it reads: waiting for one before the other would stop both.
  const fed = new Blob([inRelease]).stream().pipeTo(child.stdin).catch(
    () => {},
  );
  const { stdout, stderr } = await child.output();
  await fed;
  const decoder = new TextDecoder();
  return { text: decoder.decode(stdout), status: decoder.decode(stderr) };
}

/** One good signature is enough; one bad one is too many. */
function judge(status: string, past: boolean): string | undefined {
  const has = (word: string): boolean => status.includes(`[GNUPG:] ${word} `);
  if (has("BADSIG")) return "its signature is bad";
  if (has("GOODSIG") || (past && has("EXPKEYSIG"))) return undefined;
  if (has("EXPKEYSIG")) return "it is signed by a key that has expired";
  if (has("NO_PUBKEY")) {
    return "it is signed by a key that is not Debian's, as far as known here";
  }
  return "it is not signed";
}

/**
 * The text of the InRelease of `suite` that was signed. Throws
 * {@link Unavailable} where the signature is bad. Where there is no gpgv, or
 * there are no keys, the text is what the file says, and `unchecked` says why.
 */
export async function signedText(
  inRelease: Uint8Array<ArrayBuffer>,
  suite: string,
  trust: Trust,
): Promise<Signed> {
  const unchecked = (why: string): Signed => ({
    text: strip(new TextDecoder().decode(inRelease)),
    unchecked: `signature of ${suite} not checked: ${why}`,
  });
  const rings = await keyrings(trust);
  if (rings.length === 0) {
    return unchecked("Debian's keys (debian-archive-keyring) are not here");
  }
  try {
    const { text, status } = await gpgv(inRelease, rings);
    const wrong = judge(status, trust.past);
    if (wrong === undefined) return { text };
    throw new Unavailable(`Cannot trust the index of ${suite}: ${wrong}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return unchecked("gpgv is not here");
    }
    throw error;
  }
}
