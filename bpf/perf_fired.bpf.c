// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* perf.bpf.c driven by renames: see fired.h. */
#include "fired.h"

#define OUTPUT static __always_inline int output_body(struct __sk_buff *skb)
#include "perf.bpf.c"

FIRED int output(struct __sk_buff *skb)
{
	return is_ours() ? tell(output_body(skb)) : 0;
}
