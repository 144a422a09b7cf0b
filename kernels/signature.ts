/**
 * Signatures, checked by gpgv with a distribution's own keys.
 *
 * @module
 */
import { join } from "node:path";
import type { Authority } from "./authorities.ts";
import { unlessGone } from "./cached.ts";
import { findExecutable } from "./executable.ts";
import { Unavailable } from "./kernel.ts";
import { readKeyrings, withoutArmour } from "./keyrings.ts";
import { openTemporary } from "./temporary.ts";

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
async function runGpgv(
  gpgv: string,
  { bytes, signature }: Sealed,
  rings: readonly string[],
  folder: string,
): Promise<Verdict> {
  const path = (name: string): string => join(folder, name);
  await Deno.writeFile(path("bytes"), bytes);
  if (signature) {
    await Deno.writeFile(path("signature"), withoutArmour(signature));
  }
  const { stdout } = await new Deno.Command(gpgv, {
    args: [
      ...["--status-fd", "1", "--weak-digest", "SHA1"],
      ...rings.flatMap((ring) => ["--keyring", ring]),
      ...(signature ? [path("signature")] : ["--output", path("text")]),
      path("bytes"),
    ],
    // What it says to people names signers, who call themselves what they like.
    stderr: "null",
  }).output();
  // There is no text where nothing was signed.
  const text = signature
    ? bytes
    : await unlessGone(Deno.readFile(path("text")));
  const decoder = new TextDecoder();
  return { text: decoder.decode(text), status: decoder.decode(stdout) };
}

/** What gpgv says of one signature, by doc/DETAILS of GnuPG, "General status codes": words, and what follows each. */
type Findings = ReadonlyMap<string, string>;

/** By whole lines: a signer's name may have any word in it, but no end of a line. */
function findings(status: string): Findings[] {
  const found: Map<string, string>[] = [];
  for (const line of status.split("\n")) {
    const [, word = "", rest = ""] = /^\[GNUPG:\] (\w+) ?(.*)$/s.exec(line) ??
      [];
    if (word === "NEWSIG") found.push(new Map());
    found.at(-1)?.set(word, rest);
  }
  return found;
}

function isGood(
  signature: Findings,
  { authority, keyrings, past }: Trust,
): boolean {
  const valid = signature.has("GOODSIG") ||
    (past && signature.has("EXPKEYSIG"));
  if (!valid || keyrings !== undefined) return valid;
  // The key that signed is the first, the one that it is a subkey of, or once
  // more the same, the last. No stranger can put a subkey below another's key:
  // gpgv wants it signed by that key.
  const key = signature.get("VALIDSIG")?.split(" ").at(-1) ?? "";
  const known = [
    ...authority.fingerprints,
    ...(past ? authority.past ?? [] : []),
  ];
  return known.includes(key);
}

/** Why it is not believed. One good signature is enough; one bad one is too many. */
function judge(status: string, trust: Trust): string | undefined {
  const signatures = findings(status);
  const has = (word: string): boolean =>
    signatures.some((one) => one.has(word));
  if (has("BADSIG")) return "its signature is bad";
  if (signatures.some((one) => isGood(one, trust))) return undefined;
  if (has("REVKEYSIG")) return "it is signed by a key that was revoked";
  if (has("EXPKEYSIG")) return "it is signed by a key that has expired";
  if (has("ERRSIG") || has("GOODSIG")) {
    return `it is signed by a key that is not ${trust.authority.name}'s, as far as known here`;
  }
  return signatures.length > 0
    ? "no signature of it is valid"
    : "it is not signed";
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
  const gpgv = findExecutable("gpgv");
  if (gpgv === undefined) return unchecked("gpgv is not here");
  await using folder = await openTemporary();
  const rings = await ringsOf(trust, folder.path);
  if (rings.length === 0) {
    const keys = `${authority.name}'s keys (${authority.package})`;
    return unchecked(`${keys} are not here`);
  }
  const { text, status } = await runGpgv(gpgv, sealed, rings, folder.path);
  const wrong = judge(status, trust);
  if (wrong === undefined) return { text };
  throw new Unavailable(`Cannot trust ${name}: ${wrong}`);
}

/** This machine's keys; where it has none, those that the archive offers. */
async function ringsOf(
  { authority, keyrings, offered }: Trust,
  folder: string,
): Promise<string[]> {
  const own = await readKeyrings(keyrings ?? authority.keyrings, folder);
  if (own.length > 0 || keyrings !== undefined) return own;
  return await readKeyrings(await offered?.() ?? [], folder);
}
