/**
 * What libbpf says: silent by default, kept for the error of the call that
 * fails, and handed to whoever listens.
 *
 * @module
 */

import { fromCString } from "./c_string.ts";
import { libc } from "./libc.ts";
import { lockThreads } from "./thread_lock.ts";
import { wrongValue } from "./wrong_value.ts";

/** How much a message matters: libbpf's LIBBPF_WARN, LIBBPF_INFO, LIBBPF_DEBUG. */
export type LibbpfLevel = "warn" | "info" | "debug";

/** Takes one message without its line end; a verifier's log is one message. */
export type LibbpfListener = (level: LibbpfLevel, text: string) => void;

/** enum libbpf_print_level, by its numbers. */
const levels: readonly LibbpfLevel[] = ["warn", "info", "debug"];

/** int (*libbpf_print_fn_t)(enum libbpf_print_level level, const char *, va_list ap); */
const printCallback = {
  parameters: ["u32", "pointer", "pointer"],
  result: "i32",
} as const;

/** libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn); */
type SetPrint = (fn: Deno.PointerValue) => Deno.PointerValue;

let listener: LibbpfListener | null = null;
let loudest = 0;

/**
 * Hands on what libbpf says, in the calling thread, up to a level: `"info"` by
 * default; `null` ends it. Warnings are in the error's `log` in any case. What
 * the listener throws is reported as an uncaught error, as of any listener; the
 * call that libbpf was in goes on.
 *
 * Each thread hears what libbpf says in its own calls.
 */
export function onLibbpfLog(
  take: LibbpfListener | null,
  level: LibbpfLevel = "info",
): void {
  if (take !== null && typeof take !== "function") {
    throw wrongValue(take, "a listener of libbpf's log", "a function or null");
  }
  if (!levels.includes(level)) {
    const takes = levels.map((one) => `"${one}"`).join(" or ");
    throw wrongValue(level, "the level of libbpf's log", takes);
  }
  listener = take;
  loudest = levels.indexOf(level);
}

/** Characters of warnings that are kept: the verifier's log has up to 16 MiB. */
const mostKept = 1 << 25;

/** The warnings since they were last asked for. */
let said = "";

/** libbpf's warnings since the last call, and forgets them. */
export function libbpfSaid(): string {
  const text = said;
  said = "";
  return text;
}

let depth = 0;

/**
 * Makes a function of libbpf heard. libbpf has one print function for all
 * threads and calls it in whichever has something to say, whereas a callback
 * belongs to its thread: so it is libbpf's for the time of the call, in which no
 * other thread is in a call that is heard. A callback that is left open when a
 * Worker ends keeps what Deno opened for that (Deno 2.9).
 */
export function heard<A extends unknown[], R>(
  setPrint: SetPrint,
  call: (...given: A) => R,
): (...given: A) => R {
  return (...given) => {
    if (depth > 0) return call(...given);
    using undo = new DisposableStack();
    depth++;
    undo.defer(() => void depth--);
    const lock = lockThreads();
    if (lock !== undefined) listen(undo, setPrint, lock);
    else setPrint(null);
    return call(...given);
  };
}

/** Has libbpf call back until `undo` is disposed; the lock goes last. */
function listen(
  undo: DisposableStack,
  setPrint: SetPrint,
  lock: Disposable,
): void {
  undo.use(lock);
  const callback = new Deno.UnsafeCallback(printCallback, take);
  undo.defer(() => callback.close());
  setPrint(callback.pointer);
  undo.defer(() => void setPrint(null));
}

/** An exception must not get into C. */
function take(
  number: number,
  format: Deno.PointerValue,
  values: Deno.PointerValue,
): number {
  const wanted = listener !== null && number <= loudest;
  if (number > 0 && !wanted) return 0;
  const text = formatted(format, values);
  if (number === 0) said = (said + text).slice(-mostKept);
  try {
    if (wanted) listener?.(levels[number] ?? "debug", text.trimEnd());
  } catch (error) {
    reportError(error);
  }
  return text.length;
}

let room = new Uint8Array(4096);

/** Bytes of a va_list, which is handed over by its address (System V ABI; AAPCS64). */
const valuesSize = Deno.build.arch === "aarch64" ? 32 : 24;

/** The message; a long one takes a second go, for which the list is wound back. */
function formatted(
  format: Deno.PointerValue,
  values: Deno.PointerValue,
): string {
  if (values === null) return fromCString(format);
  const list = new Uint8Array(
    Deno.UnsafePointerView.getArrayBuffer(values, valuesSize),
  );
  const before = list.slice();
  const print = (): number =>
    libc().vsnprintf(room, BigInt(room.length), format, values);
  let length = print();
  if (length >= room.length) {
    list.set(before);
    room = new Uint8Array(length + 1);
    length = print();
  }
  return new TextDecoder().decode(room.subarray(0, Math.max(length, 0)));
}
