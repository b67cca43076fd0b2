/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium processors: QOM types, models, reset
 */

#include "qemu/osdep.h"
#include "qemu/qemu-print.h"
#include "qapi/error.h"
#include "cpu.h"
#include "fpu-fast.h"
#include "exec/exec-all.h"
#include "exec/translation-block.h"
#include "hw/qdev-properties.h"
#include "hw/core/sysemu-cpu-ops.h"
#include "accel/tcg/cpu-ops.h"

/* FPSR at reset: traps masked, sf0 64-bit nearest, sf1 widest exponent */
#define FPSR_RESET      0x0009804c0270033full

/* -------------------------------------------------------------------- */
/* Access to registers outside of translated code                       */

uint64_t *ia64_gr(CPUIA64State *env, unsigned n)
{
    if (n < 32) {
        return &env->gr[n];
    }
    n -= 32;
    if (env->gr_window && n < FIELD_EX64(env->cfm, CFM, SOR) * 8) {
        return &env->rotp[n];
    }
    return &env->stk[n];
}

static uint8_t *stacked_nat(CPUIA64State *env, unsigned n)
{
    n -= 32;
    if (env->gr_window && n < FIELD_EX64(env->cfm, CFM, SOR) * 8) {
        return &env->rotbuf_nat[env->rotp - env->rotbuf + n];
    }
    return &env->cell_nat[env->stk - env->cells + n];
}

bool ia64_get_gr_nat(CPUIA64State *env, unsigned n)
{
    return n < 32 ? extract32(env->gr_nat, n, 1) : *stacked_nat(env, n);
}

/* Setting a bit makes the caller leave its block: TBF.NAT changes. */
void ia64_set_gr_nat(CPUIA64State *env, unsigned n, bool nat)
{
    if (n < 32) {
        env->gr_nat = deposit32(env->gr_nat, n, 1, nat);
    } else {
        *stacked_nat(env, n) = nat;
    }
    if (nat) {
        env->hflags |= TBF(NAT);
    }
}

IA64FR *ia64_fr(CPUIA64State *env, unsigned n)
{
    if (n < 32) {
        return &env->fr[n];
    }
    ia64_sync_frp(env);
    return &env->frp[n - 32];
}

void ia64_switch_bank(CPUIA64State *env)
{
    uint32_t nat = env->gr_nat & 0xffff0000;

    for (int i = 0; i < 16; i++) {
        uint64_t t = env->gr[16 + i];

        env->gr[16 + i] = env->bgr[i];
        env->bgr[i] = t;
    }
    env->gr_nat = (env->gr_nat & 0xffff) | env->bgr_nat;
    env->bgr_nat = nat;
}

static bool breakpoints_enabled(CPUIA64State *env)
{
    if (!(env->psr & PSR(DB))) {
        return false;
    }
    /* ibr.x and dbr.r, dbr.w: the top bits of the odd registers */
    for (int i = 1; i < IA64_NUM_IBR; i += 2) {
        if ((env->ibr[i] >> 63) || (env->dbr[i] >> 62)) {
            return true;
        }
    }
    return false;
}

void ia64_rebuild_hflags(CPUIA64State *env)
{
    uint64_t psr = env->psr;
    uint32_t f = env->hflags & (TBF(NAT) | TBF(RRB) | TBF(SOR));

    f = FIELD_DP32(f, TBF, CPL, FIELD_EX64(psr, PSR, CPL));
    f = FIELD_DP32(f, TBF, DT, FIELD_EX64(psr, PSR, DT));
    f = FIELD_DP32(f, TBF, IT, FIELD_EX64(psr, PSR, IT));
    f = FIELD_DP32(f, TBF, BE, FIELD_EX64(psr, PSR, BE));
    f = FIELD_DP32(f, TBF, AC, FIELD_EX64(psr, PSR, AC));
    f = FIELD_DP32(f, TBF, IC, FIELD_EX64(psr, PSR, IC));
    f = FIELD_DP32(f, TBF, DFL, FIELD_EX64(psr, PSR, DFL));
    f = FIELD_DP32(f, TBF, DFH, FIELD_EX64(psr, PSR, DFH));
    for (int sf = 0; sf < 4; sf++) {
        if (ia64_fp_is_fast(env->fpsr, sf)) {
            f |= 1u << (R_TBF_FPFAST_SHIFT + sf);
            if (ia64_fp_is_sticky(env->fpsr, sf)) {
                f |= 1u << (R_TBF_FPSTICKY_SHIFT + sf);
            }
        }
    }
    if ((psr & (PSR(SS) | PSR(TB) | PSR(ID) | PSR(DA) | PSR(DD) | PSR(ED) |
                PSR(IA))) || env->careful_frame || breakpoints_enabled(env)) {
        f |= TBF(CAREFUL);
    }
    env->hflags = f;
}

/* -------------------------------------------------------------------- */
/* What the core of QEMU asks                                           */

static void ia64_cpu_set_pc(CPUState *cs, vaddr value)
{
    cpu_env(cs)->ip = value;
}

static vaddr ia64_cpu_get_pc(CPUState *cs)
{
    return cpu_env(cs)->ip;
}

static void ia64_cpu_synchronize_from_tb(CPUState *cs,
                                         const TranslationBlock *tb)
{
    cpu_env(cs)->ip = tb->pc;
}

static void ia64_restore_state_to_opc(CPUState *cs, const TranslationBlock *tb,
                                      const uint64_t *data)
{
    CPUIA64State *env = cpu_env(cs);

    env->ip = data[0];
    if (data[1] && (env->psr & PSR(IC))) {
        env->last_ip = data[1];
    }
}

static int ia64_cpu_mmu_index(CPUState *cs, bool ifetch)
{
    CPUIA64State *env = cpu_env(cs);

    if (ifetch) {
        return env->psr & PSR(IT) ? IA64_MMU_INSN_PL0 + ia64_cpl(env)
                                  : IA64_MMU_PHYS;
    }
    return env->psr & PSR(DT) ? IA64_MMU_DATA_PL0 + ia64_cpl(env)
                              : IA64_MMU_PHYS;
}

/* Registers of a file that are not zero, with their numbers */
static void dump_file(FILE *f, const char *name, const uint64_t *regs, int n)
{
    int shown = 0;

    for (int i = 0; i < n; i++) {
        if (regs[i]) {
            qemu_fprintf(f, "%s%s%-2d %016" PRIx64, shown % 4 ? "  " : "",
                         name, i, regs[i]);
            if (++shown % 4 == 0) {
                qemu_fprintf(f, "\n");
            }
        }
    }
    if (shown % 4) {
        qemu_fprintf(f, "\n");
    }
}

static void dump_system(CPUIA64State *env, FILE *f)
{
    const struct {
        const char *name;
        uint64_t val;
    } regs[] = {
        { "ipsr", env->cr_ipsr }, { "isr", env->cr_isr },
        { "iip", env->cr_iip }, { "ifa", env->cr_ifa },
        { "iipa", env->cr_iipa }, { "ifs", env->cr_ifs },
        { "iim", env->cr_iim }, { "iha", env->cr_iha },
        { "itir", env->cr_itir }, { "iva", env->cr_iva },
        { "pta", env->cr_pta }, { "dcr", env->cr_dcr },
        { "itm", env->cr_itm }, { "itv", env->cr_itv },
        { "lid", env->cr_lid }, { "tpr", env->cr_tpr },
        { "pmv", env->cr_pmv }, { "cmcv", env->cr_cmcv },
        { "lrr0", env->cr_lrr[0] }, { "lrr1", env->cr_lrr[1] },
        { "fpsr", env->fpsr }, { "ccv", env->ccv },
        { "cflg", env->cflg }, { "csd", env->csd },
    };

    for (int i = 0; i < ARRAY_SIZE(regs); i++) {
        qemu_fprintf(f, "%-4s %016" PRIx64 "%s", regs[i].name, regs[i].val,
                     i % 4 == 3 ? "\n" : "  ");
    }
    dump_file(f, "irr", env->irr, ARRAY_SIZE(env->irr));
    dump_file(f, "isrv", env->isrv, ARRAY_SIZE(env->isrv));
    dump_file(f, "kr", env->kr, ARRAY_SIZE(env->kr));
    dump_file(f, "rr", env->rr, ARRAY_SIZE(env->rr));
    dump_file(f, "pkr", env->pkr, ARRAY_SIZE(env->pkr));
    dump_file(f, "ibr", env->ibr, ARRAY_SIZE(env->ibr));
    dump_file(f, "dbr", env->dbr, ARRAY_SIZE(env->dbr));
}

void ia64_cpu_dump_state(CPUState *cs, FILE *f, int flags)
{
    CPUIA64State *env = cpu_env(cs);

    qemu_fprintf(f, "ip  %016" PRIx64 "  psr %016" PRIx64 "  pr  %016" PRIx64
                 "\n", env->ip, ia64_psr_full(env), ia64_get_pr(env));
    qemu_fprintf(f, "cfm %016" PRIx64 "  pfs %016" PRIx64 "  bsp %016" PRIx64
                 "  bspstore %016" PRIx64 "\n", ia64_get_cfm(env), env->pfs,
                 ia64_bsp(env), env->bspstore);
    qemu_fprintf(f, "rsc %016" PRIx64 "  rnat %016" PRIx64 "  unat %016" PRIx64
                 "  lc %" PRIu64 "  ec %" PRIu64 "\n", env->rsc, env->rnat,
                 env->unat, env->lc, env->ec);
    for (int i = 0; i < 8; i++) {
        qemu_fprintf(f, "b%d  %016" PRIx64 "%s", i, env->br[i],
                     i % 4 == 3 ? "\n" : "  ");
    }
    for (int i = 1; i < 32 + FIELD_EX64(env->cfm, CFM, SOF); i++) {
        qemu_fprintf(f, "r%-3d %016" PRIx64 "%c%s", i, *ia64_gr(env, i),
                     ia64_get_gr_nat(env, i) ? '*' : ' ',
                     i % 4 == 0 ? "\n" : " ");
    }
    qemu_fprintf(f, "\n");
    dump_system(env, f);
    if (flags & CPU_DUMP_FPU) {
        for (int i = 0; i < 128; i++) {
            IA64FR *r = ia64_fr(env, i);

            qemu_fprintf(f, "f%-3d %016" PRIx64 ".%016" PRIx64 "%s", i,
                         r->hi, r->lo, i % 2 ? "\n" : "  ");
        }
    }
}

/* -------------------------------------------------------------------- */
/* QOM                                                                  */

static void ia64_cpu_realize(DeviceState *dev, Error **errp)
{
    CPUState *cs = CPU(dev);
    IA64CPU *cpu = IA64_CPU(dev);
    IA64CPUClass *icc = IA64_CPU_GET_CLASS(dev);
    Error *local_err = NULL;

    cpu_exec_realizefn(cs, &local_err);
    if (local_err) {
        error_propagate(errp, local_err);
        return;
    }
    if (!cpu->itc_freq) {
        cpu->itc_freq = icc->model->itc_freq;
    }
    ia64_tlb_init(&cpu->env);
    ia64_sapic_init(cpu);
    qemu_init_vcpu(cs);
    icc->parent_realize(dev, errp);
}

static void ia64_cpu_reset_hold(Object *obj, ResetType type)
{
    IA64CPU *cpu = IA64_CPU(obj);
    IA64CPUClass *icc = IA64_CPU_GET_CLASS(obj);
    CPUIA64State *env = &cpu->env;

    if (icc->parent_phases.hold) {
        icc->parent_phases.hold(obj, type);
    }
    memset(env, 0, offsetof(CPUIA64State, end_reset_fields));
    env->fr[1] = (IA64FR) { .lo = 0x3ff0000000000000ull };
    env->fpsr = FPSR_RESET;
    ia64_rse_reset(env);
    env->cfm = IA64_NUM_STACKED;        /* SDM 2:281: CFM.sof = 96 */
    env->ip = cpu->reset_ip;
    env->psr = PSR(MC);
    ia64_tlb_reset(env);
    ia64_sapic_reset(cpu);
    ia64_rebuild_hflags(env);
}

static ObjectClass *ia64_cpu_class_by_name(const char *cpu_model)
{
    g_autofree char *typename =
        g_strdup_printf(IA64_CPU_TYPE_NAME("%s"), cpu_model);
    ObjectClass *oc = object_class_by_name(cpu_model);

    if (oc && object_class_dynamic_cast(oc, TYPE_IA64_CPU)) {
        return oc;
    }
    return object_class_by_name(typename);
}

static const Property ia64_cpu_properties[] = {
    DEFINE_PROP_UINT8("sapic-id", IA64CPU, sapic_id, 0),
    DEFINE_PROP_UINT8("sapic-eid", IA64CPU, sapic_eid, 0),
    DEFINE_PROP_UINT64("reset-ip", IA64CPU, reset_ip, 0xffffffb0),
    DEFINE_PROP_UINT64("itc-frequency", IA64CPU, itc_freq, 0),
    DEFINE_PROP_UINT32("log-first-interruptions", IA64CPU, log_first, 0),
};

static const struct SysemuCPUOps ia64_sysemu_ops = {
    .has_work = ia64_cpu_has_work,
    .get_phys_page_debug = ia64_cpu_get_phys_page_debug,
};

static const TCGCPUOps ia64_tcg_ops = {
    .initialize = ia64_translate_init,
    .translate_code = ia64_translate_code,
    .synchronize_from_tb = ia64_cpu_synchronize_from_tb,
    .restore_state_to_opc = ia64_restore_state_to_opc,
    .tlb_fill_align = ia64_cpu_tlb_fill_align,
    .cpu_exec_interrupt = ia64_cpu_exec_interrupt,
    .cpu_exec_halt = ia64_cpu_has_work,
    .do_interrupt = ia64_cpu_do_interrupt,
    .do_unaligned_access = ia64_cpu_do_unaligned_access,
    .do_transaction_failed = ia64_cpu_do_transaction_failed,
};

static void ia64_cpu_class_init(ObjectClass *oc, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(oc);
    CPUClass *cc = CPU_CLASS(oc);
    IA64CPUClass *icc = IA64_CPU_CLASS(oc);
    ResettableClass *rc = RESETTABLE_CLASS(oc);

    device_class_set_parent_realize(dc, ia64_cpu_realize,
                                    &icc->parent_realize);
    device_class_set_props(dc, ia64_cpu_properties);
    resettable_class_set_parent_phases(rc, NULL, ia64_cpu_reset_hold, NULL,
                                       &icc->parent_phases);
    dc->vmsd = &vmstate_ia64_cpu;
    cc->class_by_name = ia64_cpu_class_by_name;
    cc->mmu_index = ia64_cpu_mmu_index;
    cc->dump_state = ia64_cpu_dump_state;
    cc->set_pc = ia64_cpu_set_pc;
    cc->get_pc = ia64_cpu_get_pc;
    cc->disas_set_info = ia64_cpu_disas_set_info;
    cc->gdb_read_register = ia64_cpu_gdb_read_register;
    cc->gdb_write_register = ia64_cpu_gdb_write_register;
    cc->memory_rw_debug = ia64_cpu_memory_rw_debug;
    cc->gdb_num_core_regs = IA64_GDB_NUM_REGS;
    cc->sysemu_ops = &ia64_sysemu_ops;
    cc->tcg_ops = &ia64_tcg_ops;
}

static void ia64_cpu_model_class_init(ObjectClass *oc, void *data)
{
    IA64_CPU_CLASS(oc)->model = data;
}

#define IA64_MODEL(_name, ...) { \
    .name = IA64_CPU_TYPE_NAME(_name), \
    .parent = TYPE_IA64_CPU, \
    .class_init = ia64_cpu_model_class_init, \
    .class_data = (void *)&(const IA64CPUModel) { _name, __VA_ARGS__ }, \
}

/*
 * Family, model and CPUID[4] as in Linux arch/ia64/kernel/setup.c.  The ITC
 * of these processors counts at the core clock.
 */
static const TypeInfo ia64_cpu_types[] = {
    {
        .name = TYPE_IA64_CPU,
        .parent = TYPE_CPU,
        .instance_size = sizeof(IA64CPU),
        .instance_align = __alignof(IA64CPU),
        .abstract = true,
        .class_size = sizeof(IA64CPUClass),
        .class_init = ia64_cpu_class_init,
    },
    IA64_MODEL("mckinley", "Itanium 2 (McKinley), 1.0 GHz", 0x1f, 0, 7,
               IA64_FEAT_LB, 1000000000),
    IA64_MODEL("madison", "Itanium 2 (Madison), 1.5 GHz", 0x1f, 1, 5,
               IA64_FEAT_LB, 1500000000),
    IA64_MODEL("madison-9m", "Itanium 2 (Madison 9M), 1.6 GHz", 0x1f, 2, 2,
               IA64_FEAT_LB, 1600000000),
    IA64_MODEL("montecito", "Itanium 2 9000 (Montecito), 1.6 GHz", 0x20, 0, 7,
               IA64_FEAT_LB | IA64_FEAT_AO, 1600000000),
    /* What libvirt's <cpu mode='maximum'/> asks for: all that is there */
    IA64_MODEL("max", "Itanium 2 9000 (Montecito), 1.6 GHz", 0x20, 0, 7,
               IA64_FEAT_LB | IA64_FEAT_AO, 1600000000),
};

DEFINE_TYPES(ia64_cpu_types)
