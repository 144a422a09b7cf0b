// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* The claims' producer, burst.bpf.c, driven by renames: see fired.h. */
#include "fired.h"

#undef RINGSIDE
#define RINGSIDE(section, name, context)                                       \
	static __always_inline int name##_body(                                \
		context ctx, const enum ringside_transport ringside_via);      \
	FIRED int name##_ring(context ctx)                                     \
	{                                                                      \
		return is_ours() ? tell(name##_body(ctx, RINGSIDE_RING)) : 0;  \
	}                                                                      \
	FIRED int name##_perf(context ctx)                                     \
	{                                                                      \
		return is_ours() ? tell(name##_body(ctx, RINGSIDE_PERF)) : 0;  \
	}                                                                      \
	static __always_inline int name##_body(                                \
		context ctx, const enum ringside_transport ringside_via)

#include "burst.bpf.c"
