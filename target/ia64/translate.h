/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium translation: context and accessors shared by the families in
 * translate/ (each is included into translate.c)
 *
 * Rules for a trans_ function:
 * - `a->qp` is honoured by each function: an operation that can neither fault
 *   nor store computes into gr_dst() and ends with gr_commit(), which selects
 *   with movcond; everything else brackets its work with pred_begin() and
 *   pred_end().
 * - Check the target with check_gr_target() before any effect.
 * - In blocks with s->nat, NaT bits are tracked: nat_src(), nat_commit() and
 *   the consumption checks; in all others no NaT bit is set and a producer
 *   branches to nat_exit_label(), to be run again in a block with s->nat.
 */

#ifndef IA64_TRANSLATE_H
#define IA64_TRANSLATE_H

#include "cpu.h"
#include "exec/translator.h"
#include "tcg/tcg-op.h"
#include "tcg/tcg-op-gvec.h"
#include "exec/helper-proto.h"
#include "exec/helper-gen.h"

#define IA64_NAT_EXITS  32
#define IA64_SIDE_EXITS 16
#define IA64_SIDE_INSNS 64      /* a block with side exits ends after these */
#define IA64_LOOP_COPIES 8
#define IA64_LOOP_INSNS  96     /* in all copies of a loop */

typedef struct DisasContext {
    DisasContextBase base;
    CPUState *cs;
    CPUIA64State *env;
    uint32_t flags;             /* TBF_* */

    /* The current bundle and slot */
    uint64_t bundle_ip;
    uint64_t bundle[2];
    bool bundle_valid;
    unsigned tmpl;
    unsigned slot;              /* 0..2; the L+X pair is slot 1 */
    uint64_t lslot;             /* 41 bits of the L slot of an MLX bundle */

    /* From the flags */
    unsigned cpl;
    unsigned sor8;              /* rotating registers: 8 * CFM.sor */
    bool nat;
    bool rrb;
    bool ac;
    bool ic;
    bool careful;
    int mem_idx;
    MemOp be;                   /* MO_LE or MO_BE of data accesses */

    /* Frame check: -1 unknown; else CFM.sof since the last alloc */
    int sof;
    int max_target;             /* highest r<n> written before that, or 0 */
    bool high_fr;               /* the block uses f32-f127 */
    bool mfl_done, mfh_done;
    uint64_t features;          /* CPUID[4] */

    /* Ways out to a block that tracks NaT bits, generated at the end */
    struct {
        TCGLabel *label;
        uint64_t pc, prev;
        int insns;              /* of the block, before this slot */
    } nat_exits[IA64_NAT_EXITS];
    unsigned num_nat_exits;

    /* Branches out of the block that are not expected to be taken */
    struct {
        TCGLabel *label;
        uint64_t ip, dest;      /* bundle of the branch, where it goes */
        uint32_t flags;         /* TB flags there */
        int exit;
        int insns;              /* of the block, up to the branch */
    } side_exits[IA64_SIDE_EXITS];
    unsigned num_side_exits;
    int num_exits;              /* direct jumps to other blocks, at most 2 */

    /* Copies of a loop whose body is this block, and their ways out */
    struct {
        TCGLabel *out[IA64_LOOP_COPIES];
        unsigned copies;
        bool again;             /* another copy follows */
        bool rotating;          /* br.ctop, else br.cond or br.cloop */
        uint64_t branch_ip;     /* bundle of the branch */
        uint64_t next;          /* where it goes when not taken */
    } loop;
    uint64_t prev_ip;           /* bundle completed last, 0: none here */
} DisasContext;

/* DISAS_NORETURN etc. are the base's; ours: */
#define DISAS_EXIT      DISAS_TARGET_0  /* pc = next slot, to the main loop */
#define DISAS_LOOKUP    DISAS_TARGET_1  /* pc = next slot, lookup and go */
#define DISAS_JUMP      DISAS_TARGET_2  /* env->ip is set, lookup and go */
#define DISAS_JUMP_EXIT DISAS_TARGET_3  /* env->ip is set, to the main loop */

extern TCGv_i64 cpu_ip, cpu_cfm, cpu_pfs, cpu_lc, cpu_ec, cpu_unat, cpu_ccv;
extern TCGv_i64 cpu_prs;
extern TCGv_i64 cpu_gr[32], cpu_stkr[96], cpu_pr[IA64_NUM_PR], cpu_br[8];
extern TCGv_ptr cpu_stk, cpu_rotp, cpu_frp;

#endif
