/**
 * Makes calls of the C library and of libbpf fail: the one side of
 * tests/faults/sdk_faults.c, whose other side is in the process that is tested.
 *
 * @module
 */

import { constants } from "node:os";
import { fileURLToPath } from "node:url";
import { openTemporary } from "../../kernels/temporary.ts";

/** Where struct control of sdk_faults.c has its fields, bytes; and how many its name has. */
const field = { watch: 0, nth: 4, code: 8, count: 12, fired: 16, guard: 20 };
const logField = { used: 24, room: 28, at: 32 + 64 } as const;
const nameAt = 32;

/** Bytes of the file, most of it for the log. */
const fileBytes = 1 << 20;

/** The variable that tells the library where the file is. */
const variable = "RINGSIDE_FAULTS";

/** One call that is to fail. */
export interface Fault {
  /** As sdk_faults.c calls it: `mmap`, `bpf(MAP_CREATE)`, `libbpf:malloc`. */
  readonly call: string;
  /** Which of the calls of that name, from 1 on. */
  readonly nth: number;
  /** With which errno; 0: it succeeds without being made. */
  readonly errno: number;
}

/** How mappings that the SDK asks for are made. */
export type Guards = "none" | "guarded" | "cut";

/** What a process runs with to have its calls fail. */
export interface Preload extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
}

/** Builds the library and the file, which are gone when it is disposed. */
export async function preload(): Promise<Preload> {
  await using stack = new AsyncDisposableStack();
  const { path } = stack.use(await openTemporary());
  const library = `${path}/faults.so`;
  const control = `${path}/control`;
  await Deno.writeFile(control, new Uint8Array(fileBytes));
  const source = fileURLToPath(new URL("sdk_faults.c", import.meta.url));
  const { success, stderr } = await new Deno.Command("cc", {
    args: [
      ...["-shared", "-fPIC", "-O1", "-fno-builtin", "-Wall", "-Werror"],
      ...["-o", library, source, "-ldl"],
    ],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  const made = stack.move();
  return {
    env: { LD_PRELOAD: library, [variable]: control },
    [Symbol.asyncDispose]: () => made.disposeAsync(),
  };
}

/** The process's own calls: has them fail. */
export class Faults implements Disposable {
  readonly #file: Deno.FsFile;

  /** In a process that was started with what {@linkcode preload} answers. */
  constructor() {
    const path = Deno.env.get(variable);
    if (path === undefined) throw new Error(`${variable} is not set`);
    this.#file = Deno.openSync(path, { read: true, write: true });
    this.#set(logField.room, fileBytes - logField.at);
  }

  /** Closes the file. */
  [Symbol.dispose](): void {
    this.end();
    this.#file.close();
  }

  /** From now on calls are written down, and that one fails. */
  begin(fault?: Fault): void {
    const name = new Uint8Array(64);
    new TextEncoder().encodeInto(fault?.call ?? "", name);
    this.#write(nameAt, name);
    this.#set(field.nth, fault?.nth ?? 0);
    this.#set(field.code, fault?.errno ?? 0);
    for (const at of [field.count, field.fired, logField.used]) {
      this.#set(at, 0);
    }
    this.#set(field.watch, 1);
  }

  /** No call fails any more; whether one has. */
  end(): boolean {
    this.#set(field.watch, 0);
    return this.#get(field.fired) === 1;
  }

  /** The calls since it began, in their order. */
  get calls(): string[] {
    const used = Math.min(this.#get(logField.used), fileBytes - logField.at);
    const text = new TextDecoder().decode(this.#read(logField.at, used));
    return text.split("\n").slice(0, -1);
  }

  /** How the SDK's memory is mapped from now on: before the first mapping, and for good. */
  set guards(guards: Guards) {
    this.#set(field.guard, ["none", "guarded", "cut"].indexOf(guards));
  }

  #set(at: number, value: number): void {
    this.#write(at, new Uint8Array(new Int32Array([value]).buffer));
  }

  #get(at: number): number {
    return new Int32Array(this.#read(at, 4).buffer)[0] ?? 0;
  }

  #write(at: number, bytes: Uint8Array): void {
    this.#file.seekSync(at, Deno.SeekMode.Start);
    this.#file.writeSync(bytes);
  }

  #read(at: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(length);
    this.#file.seekSync(at, Deno.SeekMode.Start);
    const had = this.#file.readSync(bytes) ?? 0;
    return bytes.subarray(0, had);
  }
}

const { EACCES, EAGAIN, EBADF, EBUSY, EINTR, EINVAL, EIO, EMFILE } =
  constants.errno;
const { ENOENT, ENOMEM, ENOSPC, EPERM, E2BIG } = constants.errno;

/** The errnos by which calls fail as their manual pages have it, the likeliest first. */
const causes: Readonly<Record<string, readonly number[]>> = {
  mmap: [ENOMEM, EPERM],
  ...{ munmap: [EINVAL], close: [EIO], eventfd: [EMFILE], poll: [EINTR] },
  ...{ epoll_create1: [EMFILE], epoll_ctl: [ENOSPC], epoll_wait: [EINTR] },
  ...{ open: [EMFILE, EACCES], open64: [EMFILE], fcntl: [EMFILE] },
  ...{ read: [EIO], pread: [EIO], write: [EAGAIN], ioctl: [EBADF] },
  ...{ flock: [EINTR], unlink: [EACCES] },
  ...{ malloc: [ENOMEM], calloc: [ENOMEM], realloc: [ENOMEM] },
  ...{ strdup: [ENOMEM], fopen64: [EMFILE], fmemopen: [ENOMEM] },
  perf_event_open: [EMFILE, EACCES],
  membarrier: [EINVAL],
  "bpf(MAP_CREATE)": [ENOMEM, EPERM],
  "bpf(PROG_LOAD)": [ENOMEM, EPERM, E2BIG],
  "bpf(OBJ_PIN)": [EPERM],
  "bpf(OBJ_GET)": [ENOENT],
  bpf_map_update_elem: [ENOMEM, EPERM],
  bpf_prog_test_run_opts: [EINTR, EPERM],
  bpf_program__attach: [EPERM, EACCES, EBUSY],
  user_ring_buffer__reserve: [ENOSPC],
};

/** With what a call of that name fails. */
export function errnosOf(call: string): readonly number[] {
  return causes[call.replace(/^libbpf:/, "")] ?? [ENOMEM];
}
