/**
 * The guest's console: its last lines, and what they say about the end of the guest.
 *
 * @module
 */

/** What a line of the console means for the guest. */
export interface Symptom {
  readonly why: string;
  /**
   * `now`: nothing will come any more. `end`: the reason, should the guest end without having said
   * how its program ended, or should the program be killed. `silence`: the reason in the first of
   * these only; after its program every guest powers off.
   */
  readonly loses: "now" | "end" | "silence";
}

const MEMORY = "give it more memory (option --memory)";

/** First match wins. `$1` in `why` is what the pattern caught. */
const SYMPTOMS: readonly (Symptom & { readonly pattern: RegExp })[] = [
  {
    pattern:
      /Kernel panic - not syncing: (?:.*[Oo]ut of memory.*|.*deadlocked on memory.*)/,
    why: `The guest ran out of memory: ${MEMORY}`,
    loses: "now",
  },
  {
    pattern:
      /Kernel panic - not syncing: (VFS: Unable to mount root fs|No (?:working )?init found)/,
    why:
      `The kernel found no first process ($1): it lacks CONFIG_BLK_DEV_INITRD, or the archive did ` +
      `not fit its memory (option --memory)`,
    loses: "now",
  },
  {
    pattern: /Kernel panic - not syncing: (.*)/,
    why: "The kernel panicked: $1",
    loses: "now",
  },
  {
    pattern: /ringside: ((?:start|open) .*)/,
    why: "The first process could not $1",
    loses: "now",
  },
  {
    pattern: /Initramfs unpacking failed: (.*)/,
    why: `The kernel could not unpack the archive ($1): ${MEMORY}`,
    loses: "now",
  },
  {
    pattern: /Out of memory: Kill(?:ed)? process \d+ \((.*?)\)/,
    why: `The guest ran out of memory and the kernel killed $1: ${MEMORY}`,
    loses: "end",
  },
  {
    pattern: /Memory cgroup out of memory: Kill(?:ed)? process/,
    why: "A memory cgroup of the guest ran out of memory",
    loses: "end",
  },
  {
    pattern: /Fatal JavaScript out of memory|Fatal process out of memory/,
    why: `Deno ran out of memory: ${MEMORY}`,
    loses: "end",
  },
  {
    pattern: /Check failed: 0 == ret/,
    why: "V8 cannot start: the kernel lacks CONFIG_ADVISE_SYSCALLS (madvise)",
    loses: "end",
  },
  {
    pattern:
      /((?:BUG: unable to handle|BUG: kernel NULL|kernel BUG at|general protection fault|Oops:).*)/,
    why: "The kernel oopsed: $1",
    loses: "end",
  },
  {
    pattern: /reboot: Restarting system|sysrq: Resetting/,
    why: "The guest rebooted",
    loses: "silence",
  },
  {
    pattern: /reboot: (?:Power down|System halted)/,
    why: "The guest powered off before its program ended",
    loses: "silence",
  },
  {
    pattern:
      /((?:watchdog: BUG: soft lockup|rcu: INFO: rcu\S* (?:self-)?detected).*)/,
    why: "The kernel hung: $1",
    loses: "end",
  },
];

/** What this line of a console says, if it says anything about the guest's end. */
export function symptom(line: string): Symptom | undefined {
  for (const { pattern, why, loses } of SYMPTOMS) {
    const match = pattern.exec(line);
    if (match) {
      return { why: why.replace("$1", () => (match[1] ?? "").trim()), loses };
    }
  }
  return undefined;
}

/** How much of a console is kept (up to twice that, between two cuts), and what is shown of it. */
const KEPT_BYTES = 64 << 10;
const SHOWN_LINES = 40;
/** A line that does not end is cut here: a stuck console must not grow. */
const LINE_BYTES = 4096;

/** Gathers a console's text, whatever the guest writes in bounded memory. */
export class Console {
  readonly #text = new TextDecoder();
  readonly #onSymptom: (symptom: Symptom) => void;
  #lines: string[] = [];
  #kept = 0;
  #partial = "";
  #bytes = 0;
  #first: Symptom | undefined;
  #fatal = false;

  /** `onSymptom` is told each line that says something about the guest's end. */
  constructor(onSymptom: (symptom: Symptom) => void = () => {}) {
    this.#onSymptom = onSymptom;
  }

  /** Everything that was written so far, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The first symptom: what follows (a panic's reboot, an oops's second oops) is its consequence. */
  get symptom(): Symptom | undefined {
    return this.#first;
  }

  /** Some symptom said that nothing will come any more. */
  get fatal(): boolean {
    return this.#fatal;
  }

  /** The last line that is not empty. */
  get lastLine(): string | undefined {
    return [...this.#lines, this.#partial].findLast((line) =>
      line.trim() !== ""
    );
  }

  /** Reads the stream to its end. */
  async read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) this.write(chunk);
  }

  /** Takes the next bytes. */
  write(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    const pieces = (this.#partial + this.#text.decode(chunk, { stream: true }))
      .split("\n");
    this.#partial = pieces.pop() ?? "";
    for (const piece of pieces) this.#add(piece);
    if (this.#partial.length > LINE_BYTES) {
      this.#add(this.#partial);
      this.#partial = "";
    }
  }

  /** The last lines, behind a line that says how much came before them. */
  tail(): string {
    const lines = this.#partial === ""
      ? this.#lines
      : [...this.#lines, clean(this.#partial)];
    const shown = lines.slice(-SHOWN_LINES);
    const left = this.#bytes - shown.join("\n").length;
    const cut = shown.length < lines.length || this.#bytes > KEPT_BYTES;
    return (cut ? [`… ${left} bytes before this`, ...shown] : shown).join("\n");
  }

  #add(raw: string): void {
    const line = clean(raw);
    this.#lines.push(line);
    this.#kept += line.length + 1;
    if (this.#kept > 2 * KEPT_BYTES) this.#forget();
    const found = symptom(line);
    if (!found) return;
    this.#first ??= found;
    this.#fatal ||= found.loses === "now";
    this.#onSymptom(found);
  }

  /** Drops the oldest lines, many at once: one by one would move all others each time. */
  #forget(): void {
    let drop = 0;
    while (this.#kept > KEPT_BYTES) {
      this.#kept -= (this.#lines[drop++] ?? "").length + 1;
    }
    this.#lines.splice(0, drop);
  }
}

/** Without carriage returns, firmware's escape sequences and other control characters. */
function clean(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]/g, "");
}
