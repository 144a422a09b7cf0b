/**
 * libbpf: each row stands under its C prototype.
 *
 * @module
 */

import { heard } from "./libbpf_log.ts";
import { denied, openLibrary } from "./library.ts";

/** In the order of their headers; a test compares the rows with the headers. */
export const libbpfSymbols = {
  // bpf/bpf.h

  /** int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags); */
  bpf_map_update_elem: {
    parameters: ["i32", "buffer", "buffer", "u64"],
    result: "i32",
  },
  /** int bpf_map_lookup_elem(int fd, const void *key, void *value); */
  bpf_map_lookup_elem: {
    parameters: ["i32", "buffer", "buffer"],
    result: "i32",
  },
  /** int bpf_map_delete_elem(int fd, const void *key); */
  bpf_map_delete_elem: { parameters: ["i32", "buffer"], result: "i32" },
  /** int bpf_map_get_next_key(int fd, const void *key, void *next_key); */
  bpf_map_get_next_key: {
    parameters: ["i32", "buffer", "buffer"],
    result: "i32",
  },
  /** int bpf_obj_pin(int fd, const char *pathname); */
  bpf_obj_pin: { parameters: ["i32", "buffer"], result: "i32" },
  /** int bpf_obj_get(const char *pathname); */
  bpf_obj_get: { parameters: ["buffer"], result: "i32" },
  /** int bpf_prog_get_fd_by_id(__u32 id); */
  bpf_prog_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  /** int bpf_map_get_fd_by_id(__u32 id); */
  bpf_map_get_fd_by_id: { parameters: ["u32"], result: "i32" },
  /** int bpf_obj_get_info_by_fd(int bpf_fd, void *info, __u32 *info_len); */
  bpf_obj_get_info_by_fd: {
    parameters: ["i32", "buffer", "buffer"],
    result: "i32",
  },
  /** int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts); */
  bpf_prog_test_run_opts: { parameters: ["i32", "buffer"], result: "i32" },
  /** int bpf_prog_test_run_opts(int prog_fd, struct bpf_test_run_opts *opts); on another thread */
  bpf_prog_test_run_elsewhere: {
    name: "bpf_prog_test_run_opts",
    parameters: ["i32", "buffer"],
    result: "i32",
    nonblocking: true,
  },

  // bpf/btf.h

  /** const void *btf__raw_data(const struct btf *btf, __u32 *size); */
  btf__raw_data: { parameters: ["pointer", "buffer"], result: "pointer" },

  // bpf/libbpf.h

  /** __u32 libbpf_major_version(void); since 0.6 */
  libbpf_major_version: { parameters: [], result: "u32" },
  /** __u32 libbpf_minor_version(void); since 0.6 */
  libbpf_minor_version: { parameters: [], result: "u32" },
  /** libbpf_print_fn_t libbpf_set_print(libbpf_print_fn_t fn); */
  libbpf_set_print: { parameters: ["function"], result: "pointer" },
  /** struct bpf_object * bpf_object__open_file(const char *path, const struct bpf_object_open_opts *opts); */
  bpf_object__open_file: {
    parameters: ["buffer", "buffer"],
    result: "pointer",
  },
  /** int bpf_object__load(struct bpf_object *obj); */
  bpf_object__load: { parameters: ["pointer"], result: "i32" },
  /** void bpf_object__close(struct bpf_object *object); */
  bpf_object__close: { parameters: ["pointer"], result: "void" },
  /** struct btf * bpf_object__btf(const struct bpf_object *obj); */
  bpf_object__btf: { parameters: ["pointer"], result: "pointer" },
  /** struct bpf_program * bpf_object__next_program(const struct bpf_object *obj, struct bpf_program *prog); */
  bpf_object__next_program: {
    parameters: ["pointer", "pointer"],
    result: "pointer",
  },
  /** const char * bpf_program__name(const struct bpf_program *prog); */
  bpf_program__name: { parameters: ["pointer"], result: "pointer" },
  /** const char * bpf_program__section_name(const struct bpf_program *prog); */
  bpf_program__section_name: { parameters: ["pointer"], result: "pointer" },
  /** int bpf_program__set_autoload(struct bpf_program *prog, bool autoload); */
  bpf_program__set_autoload: {
    parameters: ["pointer", "bool"],
    result: "i32",
  },
  /** bool bpf_program__autoload(const struct bpf_program *prog); */
  bpf_program__autoload: { parameters: ["pointer"], result: "bool" },
  /** int bpf_program__fd(const struct bpf_program *prog); */
  bpf_program__fd: { parameters: ["pointer"], result: "i32" },
  /** int bpf_link__destroy(struct bpf_link *link); */
  bpf_link__destroy: { parameters: ["pointer"], result: "i32" },
  /** struct bpf_link * bpf_program__attach(const struct bpf_program *prog); */
  bpf_program__attach: { parameters: ["pointer"], result: "pointer" },
  /** struct bpf_map * bpf_object__next_map(const struct bpf_object *obj, const struct bpf_map *map); */
  bpf_object__next_map: {
    parameters: ["pointer", "pointer"],
    result: "pointer",
  },
  /** int bpf_map__set_autocreate(struct bpf_map *map, bool autocreate); since 0.8 */
  bpf_map__set_autocreate: {
    parameters: ["pointer", "bool"],
    result: "i32",
    optional: true,
  },
  /** int bpf_map__fd(const struct bpf_map *map); */
  bpf_map__fd: { parameters: ["pointer"], result: "i32" },
  /** const char * bpf_map__name(const struct bpf_map *map); */
  bpf_map__name: { parameters: ["pointer"], result: "pointer" },
  /** enum bpf_map_type bpf_map__type(const struct bpf_map *map); */
  bpf_map__type: { parameters: ["pointer"], result: "u32" },
  /** int bpf_map__set_type(struct bpf_map *map, enum bpf_map_type type); */
  bpf_map__set_type: { parameters: ["pointer", "u32"], result: "i32" },
  /** __u32 bpf_map__max_entries(const struct bpf_map *map); */
  bpf_map__max_entries: { parameters: ["pointer"], result: "u32" },
  /** int bpf_map__set_max_entries(struct bpf_map *map, __u32 max_entries); */
  bpf_map__set_max_entries: {
    parameters: ["pointer", "u32"],
    result: "i32",
  },
  /** __u32 bpf_map__map_flags(const struct bpf_map *map); */
  bpf_map__map_flags: { parameters: ["pointer"], result: "u32" },
  /** int bpf_map__set_map_flags(struct bpf_map *map, __u32 flags); */
  bpf_map__set_map_flags: { parameters: ["pointer", "u32"], result: "i32" },
  /** __u32 bpf_map__key_size(const struct bpf_map *map); */
  bpf_map__key_size: { parameters: ["pointer"], result: "u32" },
  /** int bpf_map__set_key_size(struct bpf_map *map, __u32 size); */
  bpf_map__set_key_size: { parameters: ["pointer", "u32"], result: "i32" },
  /** __u32 bpf_map__value_size(const struct bpf_map *map); */
  bpf_map__value_size: { parameters: ["pointer"], result: "u32" },
  /** int bpf_map__set_value_size(struct bpf_map *map, __u32 size); */
  bpf_map__set_value_size: { parameters: ["pointer", "u32"], result: "i32" },
  /** __u32 bpf_map__btf_key_type_id(const struct bpf_map *map); */
  bpf_map__btf_key_type_id: { parameters: ["pointer"], result: "u32" },
  /** __u32 bpf_map__btf_value_type_id(const struct bpf_map *map); */
  bpf_map__btf_value_type_id: { parameters: ["pointer"], result: "u32" },
  /** int bpf_map__set_inner_map_fd(struct bpf_map *map, int fd); */
  bpf_map__set_inner_map_fd: { parameters: ["pointer", "i32"], result: "i32" },
  /** struct bpf_map *bpf_map__inner_map(struct bpf_map *map); */
  bpf_map__inner_map: { parameters: ["pointer"], result: "pointer" },
  /** struct ring_buffer * ring_buffer__new(int map_fd, ring_buffer_sample_fn sample_cb, void *ctx, const struct ring_buffer_opts *opts); */
  ring_buffer__new: {
    parameters: ["i32", "function", "pointer", "buffer"],
    result: "pointer",
  },
  /** void ring_buffer__free(struct ring_buffer *rb); */
  ring_buffer__free: { parameters: ["pointer"], result: "void" },
  /** int ring_buffer__add(struct ring_buffer *rb, int map_fd, ring_buffer_sample_fn sample_cb, void *ctx); */
  ring_buffer__add: {
    parameters: ["pointer", "i32", "function", "pointer"],
    result: "i32",
  },
  /** int ring_buffer__poll(struct ring_buffer *rb, int timeout_ms); */
  ring_buffer__poll: { parameters: ["pointer", "i32"], result: "i32" },
  /** int ring_buffer__consume(struct ring_buffer *rb); */
  ring_buffer__consume: { parameters: ["pointer"], result: "i32" },
  /** int ring_buffer__epoll_fd(const struct ring_buffer *rb); */
  ring_buffer__epoll_fd: { parameters: ["pointer"], result: "i32" },
  /** struct user_ring_buffer * user_ring_buffer__new(int map_fd, const struct user_ring_buffer_opts *opts); these five since 1.1 */
  user_ring_buffer__new: {
    parameters: ["i32", "buffer"],
    result: "pointer",
    optional: true,
  },
  /** void *user_ring_buffer__reserve(struct user_ring_buffer *rb, __u32 size); */
  user_ring_buffer__reserve: {
    parameters: ["pointer", "u32"],
    result: "pointer",
    optional: true,
  },
  /** void user_ring_buffer__submit(struct user_ring_buffer *rb, void *sample); */
  user_ring_buffer__submit: {
    parameters: ["pointer", "pointer"],
    result: "void",
    optional: true,
  },
  /** void user_ring_buffer__discard(struct user_ring_buffer *rb, void *sample); */
  user_ring_buffer__discard: {
    parameters: ["pointer", "pointer"],
    result: "void",
    optional: true,
  },
  /** void user_ring_buffer__free(struct user_ring_buffer *rb); */
  user_ring_buffer__free: {
    parameters: ["pointer"],
    result: "void",
    optional: true,
  },
  /** struct perf_buffer * perf_buffer__new(int map_fd, size_t page_cnt, perf_buffer_sample_fn sample_cb, perf_buffer_lost_fn lost_cb, void *ctx, const struct perf_buffer_opts *opts); these six since 0.6 */
  perf_buffer__new: {
    parameters: ["i32", "usize", "function", "function", "pointer", "buffer"],
    result: "pointer",
  },
  /** void perf_buffer__free(struct perf_buffer *pb); */
  perf_buffer__free: { parameters: ["pointer"], result: "void" },
  /** int perf_buffer__epoll_fd(const struct perf_buffer *pb); */
  perf_buffer__epoll_fd: { parameters: ["pointer"], result: "i32" },
  /** int perf_buffer__poll(struct perf_buffer *pb, int timeout_ms); */
  perf_buffer__poll: { parameters: ["pointer", "i32"], result: "i32" },
  /** int perf_buffer__consume_buffer(struct perf_buffer *pb, size_t buf_idx); */
  perf_buffer__consume_buffer: {
    parameters: ["pointer", "usize"],
    result: "i32",
  },
  /** size_t perf_buffer__buffer_cnt(const struct perf_buffer *pb); */
  perf_buffer__buffer_cnt: { parameters: ["pointer"], result: "usize" },
  /** int perf_buffer__buffer_fd(const struct perf_buffer *pb, size_t buf_idx); */
  perf_buffer__buffer_fd: { parameters: ["pointer", "usize"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions of {@linkcode libbpfSymbols}. */
export type Libbpf = Deno.DynamicLibrary<typeof libbpfSymbols>["symbols"];

let library: Libbpf | undefined;

/**
 * libbpf, opened at first use: `RINGSIDE_LIBBPF`, else `libbpf.so.1`, else
 * `libbpf.so.0` of 0.6 or newer. Older ones have no `libbpf_major_version` and
 * another `perf_buffer__new`; they are refused.
 */
export function libbpf(): Libbpf {
  return library ??= listenTo(openLibrary({
    name: "libbpf",
    paths: libraryPaths(),
    remedy: chosenPath() === undefined
      ? "on Debian and Ubuntu: apt-get install libbpf1; or set RINGSIDE_LIBBPF to the path of libbpf 0.6 or newer"
      : "RINGSIDE_LIBBPF names it: correct that, or unset it",
  }, libbpfSymbols));
}

/** `"1.1"`: major and minor version of the libbpf in use. */
export function libbpfVersion(): string {
  return `${libbpf().libbpf_major_version()}.${libbpf().libbpf_minor_version()}`;
}

/** Names the library to take instead of the system's. */
const variable = "RINGSIDE_LIBBPF";

/** What libbpf is opened by, the preferred first. */
export function libraryPaths(): string[] {
  const chosen = chosenPath();
  return chosen === undefined ? ["libbpf.so.1", "libbpf.so.0"] : [chosen];
}

function chosenPath(): string | undefined {
  try {
    return Deno.env.get(variable) || undefined;
  } catch (error) {
    throw denied(`ask for ${variable}`, `--allow-env=${variable}`, error);
  }
}

/** The functions that have something to say. */
const talkative = [
  ...["bpf_object__open_file", "bpf_object__load", "bpf_object__close"],
  ...["bpf_program__attach", "bpf_link__destroy"],
  ...["bpf_map__set_inner_map_fd", "ring_buffer__new", "ring_buffer__add"],
  ...["perf_buffer__new", "user_ring_buffer__new"],
] as (keyof Libbpf)[];

/** The same functions, silent but for those that are heard. */
function listenTo(symbols: Libbpf): Libbpf {
  symbols.libbpf_set_print(null);
  const setPrint = symbols.libbpf_set_print;
  const all: Record<string, unknown> = { ...symbols };
  for (const name of talkative) {
    const call = symbols[name] as ((...given: unknown[]) => unknown) | null;
    if (call !== null) all[name] = heard(setPrint, call);
  }
  return all as Libbpf;
}
