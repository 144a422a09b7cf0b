// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* What sdk_types_test.ts has the types written of. */
#include "ringside.bpf.h"

enum state { STATE_NEW, STATE_OPEN, STATE_CLOSED };
enum __attribute__((packed)) verdict { VERDICT_PASS_TO_THE_NEXT_ONE = 1,
	VERDICT_DROP_WITHOUT_A_WORD,
	VERDICT_SEND_IT_BACK_AT_ONCE,
};

typedef struct {
	__u8 bytes[6];
} mac_t;

struct address {
	__u16 family;
	union {
		__u32 v4;
		__u8 v6[16];
	};
};

struct __attribute__((packed)) conn_event {
	__u64 ktime;
	const volatile char comm[16];
	char args[4][32];
	__s64 grid[2][3];
	enum state old_state : 4;
	enum state new_state : 4;
	_Bool retransmitted : 1;
	int delta : 12;
	__u64 wide : 40;
	enum verdict verdict;
	struct address source, target;
	mac_t mac;
	struct {
		float ratio;
		double sum;
	} quality;
	union {
		__u32 whole;
		__u16 halves[2];
	} flags;
	void *sock;
	int (*callback)(int);
	struct conn_event *next;
	const char *const *names;
	__int128 huge;
	struct {} nothing;
};

struct exit_event {
	__u32 pid;
	struct address last;
};

RINGSIDE_EVENTS(connections, struct conn_event, 64 * 1024);
RINGSIDE_EVENTS(exits, struct exit_event, 64 * 1024);

struct flow_key {
	struct address source;
	__u8 protocol;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, struct flow_key);
	__type(value, __u64);
} flows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64[8]);
} histogram SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, enum state);
	__type(value, struct exit_event);
} last_exit SEC(".maps");

/* No types: it is left out. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__uint(key_size, 4);
	__uint(value_size, 4);
} untyped SEC(".maps");

__u32 global;

char _license[] SEC("license") = "GPL";
