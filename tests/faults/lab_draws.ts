/**
 * The program in a guest that was frozen: it draws from every random generator that a program of
 * Deno's has.
 *
 * @module
 */
import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { writeOut } from "../streams.ts";

/** What is drawn, by what it is drawn from. */
export type Draws = Readonly<Record<string, string>>;

const { subtle } = crypto;
const extractable = true;

async function key(
  algorithm: AesKeyGenParams | HmacKeyGenParams,
  uses: KeyUsage[],
): Promise<string> {
  const made = await subtle.generateKey(algorithm, extractable, uses);
  return new Uint8Array(await subtle.exportKey("raw", made)).toHex();
}

async function pair(): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const { publicKey } = await subtle.generateKey(algorithm, extractable, [
    "sign",
  ]);
  return new Uint8Array(await subtle.exportKey("raw", publicKey)).toHex();
}

/** From the generators themselves, and from what node:crypto draws in advance. */
async function draw(): Promise<Draws> {
  return {
    "Math.random": `${Math.random()}`,
    getRandomValues: crypto.getRandomValues(new Uint8Array(16)).toHex(),
    randomUUID: crypto.randomUUID(),
    "node:crypto randomBytes": randomBytes(16).toString("hex"),
    "node:crypto randomInt": `${randomInt(2 ** 47)}`,
    "node:crypto randomUUID": randomUUID(),
    "subtle AES": await key({ name: "AES-GCM", length: 256 }, ["encrypt"]),
    "subtle HMAC": await key({ name: "HMAC", hash: "SHA-256" }, ["sign"]),
    "subtle ECDSA": await pair(),
    "Deno.makeTempDir": await Deno.makeTempDir(),
  };
}

if (import.meta.main) writeOut(`${JSON.stringify(await draw())}\n`);
