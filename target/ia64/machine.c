/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium processor state for migration and snapshots
 *
 * Registers go in architectural form: stacked and rotating ones in physical
 * order, however this emulator keeps them.
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/error-report.h"
#include "cpu.h"
#include "mmu.h"
#include "migration/cpu.h"
#include "migration/qemu-file-types.h"

/* -------------------------------------------------------------------- */
/* Register stack, predicates, rotating floating-point registers        */

static int put_stack(QEMUFile *f, void *opaque, size_t size,
                     const VMStateField *field, JSONWriter *vmdesc)
{
    CPUIA64State *env = opaque;
    uint64_t cfm = ia64_get_cfm(env);
    uint64_t *low = MIN(env->stk, env->stk_lo);
    uint8_t *nat = &env->cell_nat[low - env->cells];
    unsigned n, rrb = FIELD_EX64(cfm, CFM, RRB_FR);

    /* The processor is stopped; the window comes back below. */
    ia64_unrotate(env);
    n = env->stk - low + FIELD_EX64(cfm, CFM, SOF);
    qemu_put_be64(f, cfm);
    qemu_put_be64(f, env->bspstore);
    qemu_put_sbe32(f, env->stk - env->stk_lo);
    qemu_put_be32(f, n);
    for (unsigned i = 0; i < n; i++) {
        qemu_put_be64(f, low[i]);
        qemu_put_byte(f, nat[i]);
    }
    ia64_rot_enter(env);

    qemu_put_be64(f, ia64_get_pr(env));
    for (unsigned i = 0; i < 96; i++) {
        IA64FR *fr = ia64_fr(env, 32 + (i + 96 - rrb) % 96);

        qemu_put_be64(f, fr->lo);
        qemu_put_be64(f, fr->hi);
    }
    return 0;
}

static int get_stack(QEMUFile *f, void *opaque, size_t size,
                     const VMStateField *field)
{
    CPUIA64State *env = opaque;
    uint64_t cfm = qemu_get_be64(f);
    uint64_t bspstore = qemu_get_be64(f);
    int dirty = qemu_get_sbe32(f);
    unsigned n = qemu_get_be32(f), rrb = FIELD_EX64(cfm, CFM, RRB_FR);
    uint64_t *low;

    if (n > 2 * IA64_NUM_STACKED || dirty > IA64_NUM_STACKED ||
        dirty < -IA64_NUM_STACKED ||
        FIELD_EX64(cfm, CFM, SOF) > IA64_NUM_STACKED ||
        FIELD_EX64(cfm, CFM, SOR) * 8 > IA64_NUM_STACKED ||
        FIELD_EX64(cfm, CFM, RRB_GR) >= IA64_NUM_STACKED || rrb >= 96 ||
        FIELD_EX64(cfm, CFM, RRB_PR) >= 48) {
        error_report("ia64: register stack of %u registers, %d of them dirty,"
                     " cfm 0x%" PRIx64, n, dirty, cfm);
        return -EINVAL;
    }
    env->bspstore = bspstore;
    env->gr_window = false;
    memset(env->cell_nat, 0, sizeof(env->cell_nat));
    ia64_rse_place(env, dirty);
    low = MIN(env->stk, env->stk_lo);
    for (unsigned i = 0; i < n; i++) {
        low[i] = qemu_get_be64(f);
        env->cell_nat[low - env->cells + i] = qemu_get_byte(f) & 1;
    }
    ia64_set_cfm(env, cfm);

    ia64_set_pr(env, qemu_get_be64(f), -1);
    for (unsigned i = 0; i < 96; i++) {
        IA64FR *fr = ia64_fr(env, 32 + (i + 96 - rrb) % 96);

        fr->lo = qemu_get_be64(f);
        fr->hi = qemu_get_be64(f);
    }
    return 0;
}

static const VMStateInfo vmstate_info_stack = {
    .name = "ia64 register stack",
    .get = get_stack,
    .put = put_stack,
};

/* -------------------------------------------------------------------- */
/* Floating-point registers f2-f31                                      */

static const VMStateDescription vmstate_fr = {
    .name = "ia64/fr",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(lo, IA64FR),
        VMSTATE_UINT64(hi, IA64FR),
        VMSTATE_END_OF_LIST()
    },
};

/* -------------------------------------------------------------------- */
/* Translations: both sides, registers and cache; only entries in use   */

static void put_trans(QEMUFile *f, const IA64Trans *t)
{
    qemu_put_be64(f, t->va);
    qemu_put_be64(f, t->pte);
    qemu_put_be32(f, t->rid);
    qemu_put_be32(f, t->key);
    qemu_put_byte(f, t->ps);
}

static bool get_trans(QEMUFile *f, IA64Trans *t)
{
    t->va = qemu_get_be64(f);
    t->pte = qemu_get_be64(f);
    t->rid = qemu_get_be32(f);
    t->key = qemu_get_be32(f);
    t->ps = qemu_get_byte(f);
    return t->ps < 64 && (IA64_PAGE_SIZES & (1ull << t->ps));
}

static int put_tlb(QEMUFile *f, void *opaque, size_t size,
                   const VMStateField *field, JSONWriter *vmdesc)
{
    IA64TLB *tlb = ((CPUIA64State *)opaque)->tlb;

    for (unsigned side = 0; side < IA64_NB_SIDES; side++) {
        const IA64Trans *tc = tlb->tc[side][0];
        unsigned n = 0;

        for (int i = 0; i < IA64_NUM_TR; i++) {
            qemu_put_byte(f, tlb->tr[side][i].ps != 0);
            if (tlb->tr[side][i].ps) {
                put_trans(f, &tlb->tr[side][i]);
            }
        }
        for (int i = 0; i < IA64_TC_SETS * IA64_TC_WAYS; i++) {
            n += tc[i].ps != 0;
        }
        qemu_put_be32(f, n);
        for (int i = 0; i < IA64_TC_SETS * IA64_TC_WAYS; i++) {
            if (tc[i].ps) {
                qemu_put_be32(f, i);
                put_trans(f, &tc[i]);
            }
        }
    }
    return 0;
}

static int get_tlb(QEMUFile *f, void *opaque, size_t size,
                   const VMStateField *field)
{
    IA64TLB *tlb = ((CPUIA64State *)opaque)->tlb;

    memset(tlb, 0, sizeof(*tlb));
    for (unsigned side = 0; side < IA64_NB_SIDES; side++) {
        IA64Trans *tc = tlb->tc[side][0];
        unsigned n;

        for (int i = 0; i < IA64_NUM_TR; i++) {
            if (qemu_get_byte(f) && !get_trans(f, &tlb->tr[side][i])) {
                error_report("ia64: bad translation register %d", i);
                return -EINVAL;
            }
        }
        n = qemu_get_be32(f);
        for (; n; n--) {
            unsigned i = qemu_get_be32(f);

            if (i >= IA64_TC_SETS * IA64_TC_WAYS || !get_trans(f, &tc[i])) {
                error_report("ia64: bad translation cache entry %u", i);
                return -EINVAL;
            }
        }
    }
    return 0;
}

static const VMStateInfo vmstate_info_tlb = {
    .name = "ia64 translations",
    .get = get_tlb,
    .put = put_tlb,
};

/* -------------------------------------------------------------------- */

static int env_post_load(void *opaque, int version_id)
{
    CPUIA64State *env = opaque;

    ia64_tlb_post_load(env);
    env->hflags &= TBF(RRB) | TBF(SOR);
    if (env->gr_nat || env->bgr_nat ||
        !buffer_is_zero(env->cell_nat, sizeof(env->cell_nat)) ||
        !buffer_is_zero(env->rotbuf_nat, sizeof(env->rotbuf_nat))) {
        env->hflags |= TBF(NAT);
    }
    ia64_rebuild_hflags(env);
    return 0;
}

static const VMStateDescription vmstate_env = {
    .name = "ia64/env",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = env_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64_ARRAY(gr, CPUIA64State, 32),
        VMSTATE_UINT64_ARRAY(bgr, CPUIA64State, 16),
        VMSTATE_UINT32(gr_nat, CPUIA64State),
        VMSTATE_UINT32(bgr_nat, CPUIA64State),
        VMSTATE_UINT64_ARRAY(br, CPUIA64State, 8),
        VMSTATE_UINT64(ip, CPUIA64State),
        VMSTATE_UINT64(last_ip, CPUIA64State),
        VMSTATE_UINT64(psr, CPUIA64State),
        VMSTATE_STRUCT_ARRAY(fr, CPUIA64State, 32, 1, vmstate_fr, IA64FR),
        {
            .name = "stack",
            .info = &vmstate_info_stack,
            .flags = VMS_SINGLE,
        },

        VMSTATE_UINT64_ARRAY(kr, CPUIA64State, 8),
        VMSTATE_UINT64(rsc, CPUIA64State),
        VMSTATE_UINT64(rnat, CPUIA64State),
        VMSTATE_UINT64(fcr, CPUIA64State),
        VMSTATE_UINT64(eflag, CPUIA64State),
        VMSTATE_UINT64(csd, CPUIA64State),
        VMSTATE_UINT64(ssd, CPUIA64State),
        VMSTATE_UINT64(cflg, CPUIA64State),
        VMSTATE_UINT64(fsr, CPUIA64State),
        VMSTATE_UINT64(fir, CPUIA64State),
        VMSTATE_UINT64(fdr, CPUIA64State),
        VMSTATE_UINT64(ccv, CPUIA64State),
        VMSTATE_UINT64(unat, CPUIA64State),
        VMSTATE_UINT64(fpsr, CPUIA64State),
        VMSTATE_UINT64(pfs, CPUIA64State),
        VMSTATE_UINT64(lc, CPUIA64State),
        VMSTATE_UINT64(ec, CPUIA64State),

        VMSTATE_UINT64(cr_dcr, CPUIA64State),
        VMSTATE_UINT64(cr_itm, CPUIA64State),
        VMSTATE_UINT64(cr_iva, CPUIA64State),
        VMSTATE_UINT64(cr_pta, CPUIA64State),
        VMSTATE_UINT64(cr_ipsr, CPUIA64State),
        VMSTATE_UINT64(cr_isr, CPUIA64State),
        VMSTATE_UINT64(cr_iip, CPUIA64State),
        VMSTATE_UINT64(cr_ifa, CPUIA64State),
        VMSTATE_UINT64(cr_itir, CPUIA64State),
        VMSTATE_UINT64(cr_iipa, CPUIA64State),
        VMSTATE_UINT64(cr_ifs, CPUIA64State),
        VMSTATE_UINT64(cr_iim, CPUIA64State),
        VMSTATE_UINT64(cr_iha, CPUIA64State),
        VMSTATE_UINT64(cr_lid, CPUIA64State),
        VMSTATE_UINT64(cr_tpr, CPUIA64State),
        VMSTATE_UINT64(cr_itv, CPUIA64State),
        VMSTATE_UINT64(cr_pmv, CPUIA64State),
        VMSTATE_UINT64(cr_cmcv, CPUIA64State),
        VMSTATE_UINT64_ARRAY(cr_lrr, CPUIA64State, 2),
        VMSTATE_UINT64_ARRAY(irr, CPUIA64State, 4),
        VMSTATE_UINT64_ARRAY(isrv, CPUIA64State, 4),
        VMSTATE_BOOL(itm_waits, CPUIA64State),

        VMSTATE_UINT64_ARRAY(rr, CPUIA64State, 8),
        VMSTATE_UINT64_ARRAY(pkr, CPUIA64State, IA64_NUM_PKR),
        VMSTATE_UINT64_ARRAY(dbr, CPUIA64State, IA64_NUM_DBR),
        VMSTATE_UINT64_ARRAY(ibr, CPUIA64State, IA64_NUM_IBR),
        VMSTATE_UINT64_ARRAY(pmc, CPUIA64State, IA64_NUM_PMC),
        VMSTATE_UINT64_ARRAY(pmd, CPUIA64State, IA64_NUM_PMD),
        VMSTATE_UINT64_ARRAY(msr, CPUIA64State, IA64_NUM_MSR),

        VMSTATE_INT64(itc_offset, CPUIA64State),
        VMSTATE_TIMER_PTR(itm_timer, CPUIA64State),
        VMSTATE_UINT8(careful_frame, CPUIA64State),
        {
            .name = "translations",
            .info = &vmstate_info_tlb,
            .flags = VMS_SINGLE,
        },
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_ia64_cpu = {
    .name = "cpu",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_CPU(),
        VMSTATE_STRUCT(env, IA64CPU, 1, vmstate_env, CPUIA64State),
        VMSTATE_END_OF_LIST()
    },
};
