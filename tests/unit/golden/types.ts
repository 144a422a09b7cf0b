/**
 * The types of types.bpf.o, written by `deno task bpf:types`.
 *
 * @module
 */

/** struct conn_event: 323 bytes */
export interface ConnEvent {
  /** __u64 */
  readonly ktime: bigint;
  /** const volatile char[16] */
  readonly comm: string;
  /** char[4][32] */
  readonly args: readonly string[];
  /** __s64[2][3] */
  readonly grid: readonly (readonly bigint[])[];
  /** enum state : 4 */
  readonly old_state: State;
  /** enum state : 4 */
  readonly new_state: State;
  /** _Bool : 1 */
  readonly retransmitted: boolean;
  /** int : 12 */
  readonly delta: number;
  /** __u64 : 40 */
  readonly wide: bigint;
  /** enum verdict */
  readonly verdict: Verdict;
  /** struct address */
  readonly source: Address;
  /** struct address */
  readonly target: Address;
  /** mac_t */
  readonly mac: MacT;
  /** struct */
  readonly quality: ConnEventQuality;
  /** union */
  readonly flags: ConnEventFlags;
  /** void * */
  readonly sock: bigint;
  /** function * */
  readonly callback: bigint;
  /** struct conn_event * */
  readonly next: bigint;
  /** const char *const * */
  readonly names: bigint;
  /** __int128 */
  readonly huge: bigint;
  /** struct */
  readonly nothing: ConnEventNothing;
}

/** enum state */
export type State = "STATE_NEW" | "STATE_OPEN" | "STATE_CLOSED" | number;

/** enum verdict */
export type Verdict =
  | "VERDICT_PASS_TO_THE_NEXT_ONE"
  | "VERDICT_DROP_WITHOUT_A_WORD"
  | "VERDICT_SEND_IT_BACK_AT_ONCE"
  | number;

/** struct address: 20 bytes */
export interface Address {
  /** __u16 */
  readonly family: number;
  /** __u32 */
  readonly v4: number;
  /** __u8[16] */
  readonly v6: readonly number[];
}

/** mac_t: 6 bytes */
export interface MacT {
  /** __u8[6] */
  readonly bytes: readonly number[];
}

/** struct: 16 bytes */
export interface ConnEventQuality {
  /** float */
  readonly ratio: number;
  /** double */
  readonly sum: number;
}

/** union: 4 bytes */
export interface ConnEventFlags {
  /** __u32 */
  readonly whole: number;
  /** __u16[2] */
  readonly halves: readonly number[];
}

/** struct: 0 bytes */
export type ConnEventNothing = Record<string, never>;

/** struct exit_event: 24 bytes */
export interface ExitEvent {
  /** __u32 */
  readonly pid: number;
  /** struct address */
  readonly last: Address;
}

/** The events of each stream */
export type Streams = { connections: ConnEvent; exits: ExitEvent };

/** struct flow_key: 24 bytes */
export interface FlowKey {
  /** struct address */
  readonly source: Address;
  /** __u8 */
  readonly protocol: number;
}

/** Keys of map "flows": struct flow_key */
export type FlowsKey = FlowKey;

/** Values of map "flows": __u64 */
export type FlowsValue = bigint;

/** Keys of map "histogram": __u32 */
export type HistogramKey = number;

/** Values of map "histogram": __u64[8], one for each CPU */
export type HistogramValue = readonly (readonly bigint[])[];

/** Keys of map "last_exit": enum state */
export type LastExitKey = State;

/** Values of map "last_exit": struct exit_event */
export type LastExitValue = ExitEvent;
