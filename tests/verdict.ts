/**
 * Proves one claim on the running kernel and says what became of it. Never
 * throws: whatever goes wrong in a proof is the claim's verdict.
 *
 * @module
 */
import { Absent, type Claim, type Json, type Proof } from "./claim.ts";
import { type OpenLab, openLab } from "./lab.ts";
import { Leaks } from "./leaks.ts";
import { Ledger } from "./spent.ts";
import type { Told } from "./wire.ts";

/** What the probe found: has the kernel a ring buffer, and in which words did it say so? */
export interface Features {
  readonly ring: { readonly has: boolean; readonly reason: string };
  /** Asserts that a missing ring buffer is refused as documented. */
  readonly refusal: Proof;
  /** Why the kernel could not be asked; every claim with a need fails then. */
  readonly unknown?: string;
}

/** A claim's verdict with its time in milliseconds and its figures. */
export interface Judged {
  readonly verdict: Told;
  readonly ms: number;
  readonly why?: string;
  readonly evidence: Readonly<Record<string, Json>>;
}

/** Where and how long a claim may be proved. */
export interface Bench {
  /** Folder of the BPF objects. */
  readonly objects: string;
  readonly features: Features;
  /** Milliseconds until a proof has failed. */
  readonly timeoutMs: number;
  /** Who tells of promises that reject with nobody waiting: this realm, by default. */
  readonly strays?: EventTarget;
  /** What proofs leave open, for several in a row. */
  readonly leaks?: Leaks;
  /** The kernel's complaints since the last look; only where the machine is ours. */
  readonly complaints?: () => readonly string[];
  /** Where the time goes is written down here. */
  readonly ledger?: Ledger;
}

/** What a `why` may take, in characters. */
const whyLimit = 2048;
/** Lines of libbpf's log in a `why`; the verifier says what it minds at its end. */
const logLines = 12;

type Finding = { readonly verdict: Told; readonly why?: string };

/** Proves one claim, or the documented refusal where its feature is missing. */
export async function proveOne(claim: Claim, bench: Bench): Promise<Judged> {
  const lab = openLab(bench.objects);
  const { leaks = new Leaks(), ledger = new Ledger() } = bench;
  await claim.prepare?.();
  ledger.take(
    "leaksMs",
    () => leaks.begin({ anew: claim.prepare !== undefined }),
  );
  const began = performance.now();
  const finding = await judge(claim, lab, bench);
  const ended = performance.now();
  const ms = Math.round((ended - began) * 10) / 10;
  ledger.add("claimsMs", ended - began);
  const open = finding.late ? "" : await leaks.settle();
  if (finding.late) leaks.forget();
  ledger.add("leaksMs", performance.now() - ended);
  const splats = ledger.take("logMs", () => bench.complaints?.() ?? []);
  const { verdict, why } = [
    ...open === "" ? [] : [`The proof left open: ${open}`],
    ...splats.length === 0 ? [] : [`The kernel said: ${splats.join("; ")}`],
  ].reduce(marred, finding);
  return {
    verdict,
    ms,
    ...(why === undefined ? {} : { why }),
    evidence: lab.figures,
  };
}

async function judge(
  claim: Claim,
  lab: OpenLab,
  bench: Bench,
): Promise<Finding & { late?: boolean }> {
  const { features, timeoutMs } = bench;
  if (claim.needs !== undefined && features.unknown !== undefined) {
    return {
      verdict: "fails",
      why: `The kernel could not be asked: ${features.unknown}`,
    };
  }
  const missing = claim.needs === "ring" && !features.ring.has;
  const proof = missing ? claim.absent ?? features.refusal : claim.prove;
  const outcome = await attempt(proof, lab, bench);
  if (outcome.is === "late") {
    const why = `The proof did not end within ${timeoutMs / 1000} s`;
    return { verdict: "fails", why, late: true };
  }
  if (outcome.is === "thrown" && outcome.error instanceof Absent) {
    return { verdict: "absent", why: outcome.error.message };
  }
  if (outcome.is === "thrown") {
    const why = words(outcome.error);
    return {
      verdict: "fails",
      why: missing ? `Not refused as documented: ${why}` : why,
    };
  }
  return missing
    ? { verdict: "absent", why: features.ring.reason }
    : { verdict: "holds" };
}

type Attempt =
  | { readonly is: "done" }
  | { readonly is: "late" }
  | { readonly is: "thrown"; readonly error: unknown };

/** Runs a proof until it returns, throws, leaves a rejection to nobody, or is late. */
async function attempt(
  proof: Proof,
  lab: OpenLab,
  { timeoutMs, strays = globalThis }: Bench,
): Promise<Attempt> {
  const { promise: cut, resolve } = Promise.withResolvers<Attempt>();
  const timer = setTimeout(() => resolve({ is: "late" }), timeoutMs);
  const onStray = (event: Pick<Event, "preventDefault">): void => {
    event.preventDefault(); // the claim fails, the guest lives on
    if (!(event instanceof PromiseRejectionEvent)) return;
    resolve({ is: "thrown", error: event.reason });
  };
  strays.addEventListener("unhandledrejection", onStray);
  try {
    return await Promise.race([carryOut(proof, lab), cut]);
  } finally {
    clearTimeout(timer);
    strays.removeEventListener("unhandledrejection", onStray);
  }
}

async function carryOut(proof: Proof, lab: OpenLab): Promise<Attempt> {
  try {
    await proof(lab);
    return { is: "done" };
  } catch (error) {
    return { is: "thrown", error };
  }
}

/** Whatever it was: a proof that leaves this behind has failed. */
function marred(finding: Finding, mark: string): Finding {
  const why = finding.verdict === "fails" ? `${finding.why}\n${mark}` : mark;
  return { verdict: "fails", why };
}

/** What an error says, with the end of what libbpf said of it; bounded. */
export function words(error: unknown): string {
  if (!(error instanceof Error)) return bounded(String(error));
  const log = "log" in error && typeof error.log === "string"
    ? error.log.trim()
    : "";
  const told = log.split("\n").slice(-logLines).join("\n");
  return bounded(`${named(error)}${error.message.trim()}\n${told}`.trim());
}

function bounded(text: string): string {
  return text.length <= whyLimit ? text : `${text.slice(0, whyLimit - 1)}…`;
}

/** Names the class of an error that a program should not meet, such as a TypeError. */
function named(error: Error): string {
  const expected = ["Error", "AssertionError", "BpfError"].includes(error.name);
  return expected ? "" : `${error.name}: `;
}
