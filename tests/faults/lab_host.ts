/**
 * A host to try faults on: the command of the matrix in a process of its own,
 * with a cache, a /tmp and a QEMU that are its alone, and the census of what it
 * leaves. Wants root, for the mounts that nobody else sees.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { importArguments } from "../imports.ts";
import { bzImage } from "../unit/kernels_archive.ts";
import { files, processes, unfinished } from "./lab_census.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const project = fileURLToPath(new URL("../..", import.meta.url));
const release = "6.1.0-stand-in";
const claims = ["F1", "F2"];
const matrixWords = [
  ...claims.map((id) => `--claim=${id}`),
  ...["--accel=tcg", "--cold"],
];

/** Where Deno keeps packages: not in the cache of these runs. */
export const denoFolder = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

/** How a run is started, where it is not as usual. */
export interface Manner {
  /** What the stand-in for QEMU plays. */
  readonly scene?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Commands of a shell that run before it, in its own mount namespace. */
  readonly before?: string;
  /** Below tests/, in place of the matrix. */
  readonly command?: string;
  /** LABEL=WHERE, in place of the one image; "" for the running kernel. */
  readonly kernel?: string;
}

/** How a run ended. */
export interface Ended {
  /** As a shell has it: 128 + N for signal N. */
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** A run that goes on. */
export interface Running {
  readonly pid: number;
  /** Resolves when its stderr, or its terminal, has this text. */
  said(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A run in a terminal. */
export interface Terminal extends Pick<Running, "said"> {
  /** Takes the terminal away. */
  close(): void;
}

/** A host; dispose it to end what still runs and to remove all of it. */
export class HostLab implements AsyncDisposable {
  /** In the environment of every process that is started here. */
  readonly mark = `ringside-fault-${crypto.randomUUID()}`;

  private constructor(readonly folder: string) {}

  /** Makes a host; not below /tmp, which its runs have for themselves. */
  static async open(): Promise<HostLab> {
    const folder = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "host-" });
    const lab = new HostLab(folder);
    for (const name of ["tmp", "bin", "cache", "project"]) {
      await Deno.mkdir(`${folder}/${name}`);
    }
    await Deno.chmod(`${folder}/tmp`, 0o1777);
    await Deno.writeFile(lab.image, bzImage(release));
    await lab.standIn();
    return lab;
  }

  get image(): string {
    return `${this.folder}/vmlinuz`;
  }

  /** What an endless guest writes when its first proof was taken. */
  get half(): string {
    return `${this.folder}/halfway`;
  }

  /** A report for whoever asks for one. */
  get report(): string {
    return `${this.folder}/report.json`;
  }

  /** Where the runs keep what can be had again. */
  get cache(): string {
    return `${this.folder}/cache`;
  }

  /** Puts a shell script in the place of QEMU; by default one that acts a scene. */
  async standIn(script?: string): Promise<void> {
    const act =
      `"${Deno.execPath()}" run -A --no-config "${here}lab_stand_in.ts"`;
    const path = `${this.folder}/bin/qemu-system-x86_64`;
    const version = "QEMU emulator version 7.2.22 (a stand-in)";
    const usual = `case "$*" in
--version) echo "${version}"; exit;;
*"-machine help"*) exit;;
esac
echo started >> "${this.folder}/starts"
exec ${act} "$SCENE" ${release} ${claims.join()} "$@"`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${script ?? usual}\n`, {
      mode: 0o755,
    });
  }

  /** Takes the stand-in away: the QEMU of this machine is used. */
  async useRealQemu(): Promise<void> {
    await Deno.remove(`${this.folder}/bin/qemu-system-x86_64`);
  }

  /** How often QEMU was started. */
  get starts(): number {
    const at = files(this.folder).find((path) => path.endsWith("/starts"));
    return at === undefined
      ? 0
      : Deno.readTextFileSync(at).split("\n").length - 1;
  }

  /** Starts the matrix. */
  start(manner: Manner = {}): Watched {
    return watch(this.#spawn("unshare", this.#words(manner), manner));
  }

  /** Resolves when an endless guest's first proof was taken by the run. */
  async halfway(run: Running): Promise<void> {
    let over = "";
    void run.ended.then(({ err }) => over = `it ended: ${err}`);
    while (!files(this.folder).includes(this.half)) {
      assert.equal(over, "");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Starts the matrix in a terminal of its own. */
  startInTerminal(manner: Manner = {}): Terminal {
    const line = ["exec", "unshare", ...this.#words(manner)].map(quoted);
    const command = `${line.join(" ").replace("'exec'", "exec")}`;
    const child = this.#spawn(
      "script",
      ["--quiet", "--flush", "--return", "--command", command, "/dev/null"],
      manner,
    );
    const { shown: said } = watch(child);
    return { said, close: () => child.kill("SIGKILL") };
  }

  #spawn(
    program: string,
    args: readonly string[],
    { scene = "good", env = {} }: Manner,
  ): Deno.ChildProcess {
    return new Deno.Command(program, {
      args: [...args],
      env: {
        ...{ NO_COLOR: "1", TERM: "xterm", RINGSIDE_FAULT: this.mark },
        ...{ SCENE: scene, HALFWAY: this.half },
        ...{ XDG_CACHE_HOME: this.cache, XDG_DATA_HOME: `${this.folder}/data` },
        ...{ DENO_DIR: denoFolder, INIT_CWD: "/", TMPDIR: "/tmp" },
        PATH: `${this.folder}/bin:${Deno.env.get("PATH")}`,
        ...env,
      },
      ...{ cwd: "/", stdin: "null", stdout: "piped", stderr: "piped" },
    }).spawn();
  }

  /** What unshare(1) is to run: the matrix, with mounts that nobody else sees. */
  #words(
    { args, before = ":", kernel = `fake=${this.image}`, command }: Manner,
  ): string[] {
    // The project may lie where others cannot look: it is shown where they can.
    const shown = `${this.folder}/project`;
    const prepare = [
      `mount --bind "${this.folder}/tmp" /tmp`,
      `mount --bind "${project}" "${shown}"`,
      before,
    ].join(" && ");
    return [
      ...["--mount", "--propagation", "private", "sh", "-c"],
      ...[`${prepare} && exec "$@"`, "sh"],
      ...[Deno.execPath(), "run", "-A", ...importArguments(shown)],
      `${shown}/tests/${command ?? "main.ts"}`,
      ...kernel === "" ? [] : ["--kernel", kernel],
      ...command === undefined ? matrixWords : [],
      ...args ?? [],
    ];
  }

  /** Runs the matrix to its end. */
  async run(manner: Manner = {}): Promise<Ended> {
    return await this.start(manner).ended;
  }

  /** What runs have left: processes, sockets, files that nobody finished. */
  async left(): Promise<string[]> {
    for (let wait = 0; wait < 50 && processes(this.mark).length > 0; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Each user's own folder stays, empty: what is left in it is unfinished.
    const sockets = [...Deno.readDirSync(`${this.folder}/tmp`)]
      .map(({ name }) => `/tmp/${name}`)
      .filter((path) => /ringside(?!-\d+$)/.test(path));
    return [...processes(this.mark), ...sockets, ...unfinished(this.folder)];
  }

  /** Sends a signal to every process of the runs whose command line has `word`; "": all. */
  signal(signal: Deno.Signal, word = ""): void {
    for (const line of processes(this.mark)) {
      if (!line.includes(word)) continue;
      try {
        Deno.kill(Number(line.split(" ")[0]), signal);
      } catch {
        // It ended between the look and the kill.
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGKILL");
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** One line on stderr, and this status: what a user is told of what is not there. */
export function assertRefused(
  { status, err }: Ended,
  wanted: number,
  line: RegExp,
): void {
  const lines = err.trim().split("\n");
  assert.match(lines.at(-1) ?? "", line);
  assert.doesNotMatch(err, /^ {4}at /m, "no stack");
  assert.equal(status, wanted, err);
}

/** A run whose stdout is looked at before its end. */
export interface Watched extends Running {
  /** Resolves when its stdout has this text. */
  shown(text: string): Promise<void>;
}

function watch(child: Deno.ChildProcess): Watched {
  const out = gather(child.stdout);
  const err = gather(child.stderr);
  const ended = (async (): Promise<Ended> => {
    const [{ code }] = await Promise.all([child.status, out.ended, err.ended]);
    return { status: code, out: out.text(), err: err.text() };
  })();
  const [said, shown] = [err.has, out.has];
  return { pid: child.pid, ended, said, shown };
}

/** Text as it comes. */
interface Gathered {
  text(): string;
  readonly has: (text: string) => Promise<void>;
  readonly ended: Promise<void>;
}

function gather(stream: ReadableStream<Uint8Array>): Gathered {
  let text = "";
  let waiting: { text: string; resolve: () => void } | undefined;
  const ended = (async (): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
      if (waiting && text.includes(waiting.text)) waiting.resolve();
    }
    waiting?.resolve();
  })();
  return {
    ended,
    text: () => text,
    has: async (wanted) => {
      if (text.includes(wanted)) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { text: wanted, resolve };
      await promise;
      assert.ok(text.includes(wanted), `never said "${wanted}": ${text}`);
    },
  };
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
