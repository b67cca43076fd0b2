/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers called from translated code, by the file that holds them */

/* helper.c */
DEF_HELPER_FLAGS_2(raise_ge, TCG_CALL_NO_WG, noreturn, env, i32)
DEF_HELPER_FLAGS_3(raise, TCG_CALL_NO_WG, noreturn, env, i32, i64)
DEF_HELPER_FLAGS_2(break_, TCG_CALL_NO_WG, noreturn, env, i64)
DEF_HELPER_FLAGS_2(speculation, TCG_CALL_NO_WG, noreturn, env, i64)
DEF_HELPER_FLAGS_3(check_frame, TCG_CALL_NO_WG, void, env, i32, i64)
DEF_HELPER_1(frame_check_failed, void, env)
DEF_HELPER_FLAGS_1(nat_mode, TCG_CALL_NO_WG, void, env)
DEF_HELPER_FLAGS_1(nat_recheck, TCG_CALL_NO_WG, void, env)
DEF_HELPER_2(careful_done, void, env, i32)
DEF_HELPER_FLAGS_1(get_pr, TCG_CALL_NO_WG, i64, env)
DEF_HELPER_3(set_pr, void, env, i64, i64)

/* rse.c */
DEF_HELPER_2(rse_make_room, void, env, i32)
DEF_HELPER_2(set_sor, void, env, i64)
DEF_HELPER_1(call_rotated, void, env)
DEF_HELPER_FLAGS_1(check_rrb, TCG_CALL_NO_WG, void, env)
DEF_HELPER_2(br_ret, void, env, i64)
DEF_HELPER_1(cover, void, env)
DEF_HELPER_1(clrrrb, void, env)
DEF_HELPER_1(clrrrb_pr, void, env)
DEF_HELPER_1(flushrs, void, env)
DEF_HELPER_1(loadrs, void, env)
DEF_HELPER_FLAGS_1(get_bsp, TCG_CALL_NO_WG, i64, env)
DEF_HELPER_1(get_rnat, i64, env)
DEF_HELPER_1(get_bspstore, i64, env)
DEF_HELPER_2(set_bspstore, void, env, i64)
DEF_HELPER_2(set_rnat, void, env, i64)
DEF_HELPER_2(set_rsc, void, env, i64)
DEF_HELPER_2(set_pfs, void, env, i64)
DEF_HELPER_1(rot_begin, void, env)
DEF_HELPER_1(rot_refill, void, env)
DEF_HELPER_1(sync_frp, void, env)
DEF_HELPER_1(br_ctop_end, i64, env)
DEF_HELPER_2(br_wtop, i64, env, i64)

#include "helper-int.h.inc"
#include "helper-mem.h.inc"
#include "helper-sys.h.inc"
#include "helper-fp.h.inc"
