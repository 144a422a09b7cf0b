/**
 * perf_event_open(2) for the output of BPF programs: libbpf's `perf_buffer` sets
 * what some things have to be asked for with.
 *
 * @module
 */

import { errnoName } from "./errno.ts";
import { BpfError } from "./error.ts";
import { errno, libc } from "./libc.ts";

/** The number of perf_event_open(2), by machine. */
const systemCall: Record<string, bigint> = { x86_64: 298n, aarch64: 241n };

/** type, config, sample_type and flags of linux/perf_event.h. */
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_BPF_OUTPUT = 10n;
const PERF_SAMPLE_RAW = 1n << 10n;
const PERF_FLAG_FD_CLOEXEC = 1n << 3n;

/** The bit write_backward of struct perf_event_attr, Linux 4.7. */
const writeBackward = 1n << 27n;

/** Bytes of struct perf_event_attr up to aux_watermark (PERF_ATTR_SIZE_VER5), known from 4.1 on. */
const attrSize = 112;

/** Bit of read_format: read(2) tells how many records were lost; Linux 6.0. */
export const PERF_FORMAT_LOST = 1n << 4n;

/** What an event is opened with. */
export interface PerfAttributes {
  readonly cpu: number;
  /** A wakeup for this many samples; 1 if not given. */
  readonly wakeupEvents?: number;
  /** Bits of read_format. */
  readonly readFormat?: bigint;
  /** Whether new samples take the place of the oldest. */
  readonly overwrite?: boolean;
}

/** Opens an event of one CPU: its descriptor, to be closed by the caller. */
export function openPerfEvent(wish: PerfAttributes): number {
  const action = `open a perf event on CPU ${wish.cpu}`;
  const number = systemCall[Deno.build.arch];
  if (number === undefined) {
    throw new BpfError(action, {
      cause:
        `the number of perf_event_open(2) is not known on ${Deno.build.arch}`,
    });
  }
  const fd = Number(
    libc().perf_event_open(
      number,
      attributes(wish),
      -1,
      wish.cpu,
      -1,
      PERF_FLAG_FD_CLOEXEC,
    ),
  );
  if (fd >= 0) return fd;
  const code = errno();
  const remedy = remedies[errnoName(code)];
  throw new BpfError(action, {
    errno: code,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

/** What to do about a refusal: perf_event_open(2). */
const remedies: Readonly<Record<string, string>> = {
  EACCES:
    "run as root or grant CAP_PERFMON, or lower kernel.perf_event_paranoid",
  EPERM: "run as root or grant CAP_PERFMON",
  ENODEV: "the CPU is offline",
};

/** struct perf_event_attr: type at 0, size 4, config 8, sample_type 24, read_format 32, flags 40, wakeup_events 48. */
function attributes(wish: PerfAttributes): Uint8Array<ArrayBuffer> {
  const words = new BigUint64Array(attrSize / 8);
  words[0] = BigInt(PERF_TYPE_SOFTWARE) | BigInt(attrSize) << 32n;
  words[1] = PERF_COUNT_SW_BPF_OUTPUT;
  words[3] = PERF_SAMPLE_RAW;
  words[4] = wish.readFormat ?? 0n;
  words[5] = wish.overwrite === true ? writeBackward : 0n;
  words[6] = BigInt(wish.wakeupEvents ?? 1);
  return new Uint8Array(words.buffer);
}
