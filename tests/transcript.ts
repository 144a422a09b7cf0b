/**
 * Hears a guest that proves claims, and turns what it said into the cells of a
 * row. Nothing here waits or touches a machine.
 *
 * The wire says more than is needed: a start and an end for each claim, between
 * a hello and a bye. So a bad line can be judged. When all is there in spite of
 * it, it is a warning. When something is missing, or was said in two ways, the
 * row is lost, and with it the cells that are in doubt; the others stay.
 *
 * @module
 */
import { type Claim, statementOf } from "./claim.ts";
import type { Ending, Heard, Listener, Step } from "./errand.ts";
import type { Cell } from "./results.ts";
import {
  type Bye,
  type End,
  type Hello,
  type Message,
  parse,
  type TransportTaken,
} from "./wire.ts";

/** Lines of garbage that are shown. */
const garbageKept = 10;

/** One guest's words so far. */
export class Transcript implements Listener {
  readonly #claims: readonly Claim[];
  readonly #messages: Message[] = [];
  readonly #garbage: string[] = [];
  #unkept = 0;

  readonly #nonce: string | undefined;

  /**
   * @param claims those that the guest was sent to prove, in their order.
   * @param nonce what the guest was given to put into every message.
   */
  constructor(claims: readonly Claim[], nonce?: string) {
    this.#claims = claims;
    this.#nonce = nonce;
  }

  get said(): Listener["said"] {
    const hello = this.#messages.find((message): message is Hello =>
      message.type === "hello"
    );
    return hello === undefined ? {} : hello;
  }

  line(text: string): Step | undefined {
    const parsed = parse(text, this.#nonce);
    if (parsed.is === "garbage") {
      this.#keep(
        `a line that is no message, since ${parsed.why}: ${quote(text)}`,
      );
      return undefined;
    }
    const { message } = parsed;
    if (this.#messages.length >= this.#most) {
      this.#keep(`more than ${this.#most} messages`);
      return undefined;
    }
    this.#messages.push(message);
    if (message.type !== "start") return undefined;
    const at = this.#claims.findIndex((claim) => claim.id === message.id);
    if (at < 0) return undefined;
    return {
      is: "claim",
      id: message.id,
      nth: at + 1,
      of: this.#claims.length,
    };
  }

  /** What a guest without a fault says, twice over. */
  get #most(): number {
    return 2 * (3 + 2 * this.#claims.length);
  }

  /** A guest may say anything for as long as it likes: some of it is kept, the rest counted. */
  #keep(garbage: string): void {
    if (this.#garbage.length < garbageKept) this.#garbage.push(garbage);
    else this.#unkept++;
  }

  end(ending: Ending): Heard {
    const statements = new Statements(this.#messages, this.#claims);
    const doubts = findDoubts(statements);
    const odd = [
      ...this.#garbage,
      ...(this.#unkept > 0 ? [`${this.#unkept} lines more of that kind`] : []),
      ...findOddities(statements, this.#claims),
    ];
    const why = whyLost(
      ending,
      statements,
      doubts,
      this.#claims,
      this.#garbage,
    );
    const transport = statements.only<TransportTaken>("transport");
    const spent = statements.only<Bye>("bye")?.spent;
    const cells = this.#claims.map((claim) =>
      cellOf(claim, statements, why ?? "")
    );
    // What the kernel said is evidence wherever something is not as promised.
    const bad = why !== undefined || cells.some(isFailure);
    return {
      state: why === undefined ? "ran" : "lost",
      ...(why === undefined ? {} : { why }),
      ...(bad && ending.console ? { console: ending.console } : {}),
      ...(transport &&
        { transport: transport.transport, reason: transport.reason }),
      ...(odd.length > 0 &&
        { warnings: odd.map((what) => `The results channel carried ${what}`) }),
      ...(spent !== undefined && { spent }),
      claims: cells,
    };
  }
}

/** Messages by what they are about, so that repetition and contradiction show. */
class Statements {
  readonly repeated = new Set<string>();
  /** Claims that nobody asked for: whatever was said of them, it is said of none of ours. */
  readonly strangers = new Set<string>();
  readonly #versions = new Map<string, Map<string, Message>>();

  constructor(messages: readonly Message[], claims: readonly Claim[]) {
    const known = new Set(claims.map(({ id }) => id));
    for (const message of messages) {
      if ("id" in message && !known.has(message.id)) {
        this.strangers.add(message.id);
        continue;
      }
      const subject = subjectOf(message);
      const versions = this.#versions.get(subject) ??
        new Map<string, Message>();
      const text = JSON.stringify(message);
      if (versions.has(text)) this.repeated.add(subject);
      this.#versions.set(subject, versions.set(text, message));
    }
  }

  /** What was said about a subject, if it was said in one way only. */
  only<Kind extends Message>(subject: string): Kind | undefined {
    const versions = [...this.#versions.get(subject)?.values() ?? []];
    return versions.length === 1 ? versions[0] as Kind : undefined;
  }

  has(subject: string): boolean {
    return this.#versions.has(subject);
  }

  /** Subjects that were said in more than one way. */
  contradictions(): string[] {
    return [...this.#versions].filter(([, versions]) => versions.size > 1).map((
      [name],
    ) => name);
  }
}

function subjectOf(message: Message): string {
  return "id" in message ? `${message.type} of ${message.id}` : message.type;
}

/** What makes results doubtful: contradictions, and claims that nobody asked for. */
function findDoubts(statements: Statements): string[] {
  return [
    ...statements.contradictions().map((subject) =>
      `the ${subject} in two ways`
    ),
    ...[...statements.strangers].map((id) =>
      `a claim that is not in the list: ${quote(id)}`
    ),
  ];
}

/** What is odd and harmless: the same message again, an end whose start was not heard. */
function findOddities(
  statements: Statements,
  claims: readonly Claim[],
): string[] {
  const unbegun = claims.filter(({ id }) =>
    statements.has(`end of ${id}`) && !statements.has(`start of ${id}`)
  );
  return [
    ...[...statements.repeated].map((subject) => `the ${subject} twice`),
    ...unbegun.map(({ id }) => `the end of ${id} without its start`),
  ];
}

/** Why the row is lost; undefined when it is not. */
function whyLost(
  ending: Ending,
  statements: Statements,
  doubts: readonly string[],
  claims: readonly Claim[],
  garbage: readonly string[],
): string | undefined {
  if (ending.is === "lost") return ending.why;
  const subjects = [
    "hello",
    "transport",
    ...claims.map(({ id }) => `end of ${id}`),
    "bye",
  ];
  const missing = subjects.filter((subject) => !statements.has(subject));
  const [odd] = garbage;
  if (ending.code !== 0) {
    const wrote = odd === undefined ? "" : `; it wrote ${odd}`;
    const when = missing.length > 0 ? ` before the ${missing[0]}${wrote}` : "";
    return `The guest's program ${howEnded(ending.code)}${when}`;
  }
  const blame = odd === undefined ? "" : `, but ${odd}`;
  if (missing.length > 0) {
    return `The results channel carried no ${missing[0]}${blame}`;
  }
  return doubts.length > 0
    ? `The results channel carried ${doubts.join("; ")}`
    : undefined;
}

/** A program that a signal killed has 128 and its number for a code, as in a shell. */
function howEnded(code: number): string {
  return code > 128
    ? `was killed by signal ${code - 128}`
    : `ended with exit code ${code}`;
}

function cellOf(claim: Claim, statements: Statements, why: string): Cell {
  const about = statementOf(claim);
  const { id } = about;
  const end = statements.only<End>(`end of ${id}`);
  if (end !== undefined) {
    const { verdict, ms, evidence } = end;
    const reason = end.why === undefined ? {} : { why: end.why };
    return { ...about, verdict, ms, ...reason, evidence };
  }
  const begun = statements.has(`start of ${id}`);
  const lost = begun ? why : `It had not begun. ${why}`;
  return { ...about, verdict: "lost", ms: 0, why: lost, evidence: {} };
}

function isFailure({ verdict }: Cell): boolean {
  return verdict === "fails";
}

/** Quotes foreign text in one line, within bounds. */
export function quote(text: string, limit = 80): string {
  const quoted = JSON.stringify(
    text.length > limit ? `${text.slice(0, limit)}…` : text,
  );
  return quoted.replaceAll("\\ufffd", "�");
}
