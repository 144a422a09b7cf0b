/**
 * Signatures, checked by gpgv with a distribution's own keys.
 *
 * @module
 */
import { join } from "node:path";
import type { Authority } from "./authorities.ts";
import { Unavailable } from "./kernel.ts";
import { readKeyrings, withoutArmour } from "./keyrings.ts";

type Data = Uint8Array<ArrayBuffer>;

/** Whose keys are believed. */
export interface Trust {
  readonly authority: Authority;
  /** Paths of keyrings instead of the authority's; all keys in them are believed. */
  readonly keyrings?: readonly string[] | undefined;
  /** Whether keys that have expired or were retired by now are good, as for releases of the past. */
  readonly past: boolean;
  /** Has the keys that the archive offers, for where there are no others. */
  readonly offered?: () => Promise<readonly string[]>;
}

/** What was signed: a text with its signature around it, or bytes and the signature beside them. */
export interface Sealed {
  /** What the messages call it, such as `the index of bookworm`. */
  readonly name: string;
  readonly bytes: Data;
  readonly signature?: Data;
}

/** What was signed, and whether anybody could look at the signature. */
export interface Signed {
  readonly text: string;
  /** Why the signature was not checked. */
  readonly unchecked?: string;
}

/** The text within the armour of RFC 9580, section 7, unchecked. */
export function textOfSigned(bytes: Data): string {
  const text = new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
  return bodyOf(text).replaceAll(/^- /gm, "");
}

/** No expression: those look again and again where the end is missing. */
function bodyOf(text: string): string {
  if (!text.startsWith("-----BEGIN PGP SIGNED MESSAGE-----\n")) return text;
  const start = text.indexOf("\n\n") + 2;
  const end = text.indexOf("\n-----BEGIN PGP SIGNATURE", start);
  return start < 2 || end < 0 ? text : text.slice(start, end);
}

interface Verdict {
  readonly text: string;
  readonly status: string;
}

/** Runs gpgv, which writes the signed text and says of each signature what it is. */
async function gpgv(
  { bytes, signature }: Sealed,
  rings: readonly string[],
  folder: string,
): Promise<Verdict> {
  const [file, beside] = ["bytes", "signature"].map((n) => join(folder, n));
  const named = [file ?? ""];
  await Deno.writeFile(file ?? "", bytes);
  if (signature) {
    await Deno.writeFile(beside ?? "", withoutArmour(signature));
    named.unshift(beside ?? "");
  }
  const { stdout, stderr } = await new Deno.Command("gpgv", {
    args: [
      ...["--status-fd", "2", "--weak-digest", "SHA1"],
      ...rings.flatMap((ring) => ["--keyring", ring]),
      ...(signature ? [] : ["--output", "-"]),
      ...named,
    ],
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(signature ? bytes : stdout);
  return { text, status: decoder.decode(stderr) };
}

/** What gpgv says of one signature, by doc/DETAILS of GnuPG, "General status codes". */
function isGood(status: string, trust: Trust, strict: boolean): boolean {
  const { authority, keyrings, past } = trust;
  const has = (word: string): boolean => status.includes(`[GNUPG:] ${word} `);
  const valid = has("GOODSIG") || (past && has("EXPKEYSIG"));
  if (!valid || keyrings !== undefined) return valid;
  // The key that signed, and the one it is a subkey of, or once more the same.
  const [, signer = "", key = ""] =
    /^\[GNUPG:\] VALIDSIG (\S+) .*?(\S+)$/m.exec(status) ?? [];
  const known = [
    ...authority.fingerprints,
    ...(past ? authority.past ?? [] : []),
  ];
  return known.includes(strict ? signer : key);
}

/** One good signature is enough; one bad one is too many. */
function judge(
  status: string,
  trust: Trust,
  strict: boolean,
): string | undefined {
  const has = (word: string): boolean => status.includes(`[GNUPG:] ${word} `);
  if (has("BADSIG")) return "its signature is bad";
  const each = status.split("[GNUPG:] NEWSIG").slice(1);
  if (each.some((one) => isGood(one, trust, strict))) return undefined;
  if (has("EXPKEYSIG")) return "it is signed by a key that has expired";
  if (has("NO_PUBKEY") || has("GOODSIG")) {
    return `it is signed by a key that is not ${trust.authority.name}'s, as far as known here`;
  }
  return "it is not signed";
}

/**
 * The text that was signed. Throws {@link Unavailable} where the signature is
 * bad. Where there is no gpgv, or there are no keys, the text is what the file
 * says, and `unchecked` says why.
 */
export async function signedText(
  sealed: Sealed,
  trust: Trust,
): Promise<Signed> {
  const { name, bytes, signature } = sealed;
  const { authority } = trust;
  const unchecked = (why: string): Signed => ({
    text: signature ? new TextDecoder().decode(bytes) : textOfSigned(bytes),
    unchecked: `signature of ${name} not checked: ${why}`,
  });
  const folder = await Deno.makeTempDir({ prefix: "ringside-keys-" });
  try {
    const own = trust.keyrings ?? authority.keyrings;
    const rings = await readKeyrings(own, folder);
    // A stranger may have put a subkey of his own below a key that is offered.
    const strict = rings.length === 0 && trust.keyrings === undefined;
    if (strict) {
      rings.push(...await readKeyrings(await trust.offered?.() ?? [], folder));
    }
    if (rings.length === 0) {
      const keys = `${authority.name}'s keys (${authority.package})`;
      return unchecked(`${keys} are not here`);
    }
    const { text, status } = await gpgv(sealed, rings, folder);
    const wrong = judge(status, trust, strict);
    if (wrong === undefined) return { text };
    throw new Unavailable(`Cannot trust ${name}: ${wrong}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return unchecked("gpgv is not here");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
