/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium interruptions: faults, traps, interrupts, and the return from them
 *
 * Facts: SDM volume 2, chapters 5 (interruptions) and 8 (vectors).
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "mmu.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "exec/log.h"
#include "hw/core/cpu.h"
#include "hw/ia64/pal-msr.h"
#include "trace.h"

/* PSR bits that an interruption leaves alone; be and pp come from DCR */
#define PSR_KEPT    (PSR(UP) | PSR(MFL) | PSR(MFH) | PSR(PK) | PSR(DT) | \
                     PSR(RT) | PSR(MC) | PSR(IT))
/* Bits that live for one instruction */
#define PSR_ONCE    (PSR(IA) | PSR(DA) | PSR(ID) | PSR(DD) | PSR(ED))

/* ISR.code of traps, SDM 2:166 */
#define TRAP_FP     1
#define TRAP_LP     2
#define TRAP_TB     4
#define TRAP_SS     8

void ia64_raise(CPUIA64State *env, int vector, uint64_t isr, uintptr_t ra)
{
    CPUState *cs = env_cpu(env);

    cs->exception_index = vector;
    env->exc.isr = isr;
    cpu_loop_exit_restore(cs, ra);
}

void ia64_raise_ge(CPUIA64State *env, unsigned code, uintptr_t ra)
{
    env->exc.set = 0;
    ia64_raise(env, IA64_VEC_GENEX, code, ra);
}

void ia64_set_psr(CPUIA64State *env, uint64_t psr)
{
    uint64_t old = env->psr;
    uint64_t diff;

    psr &= ~(uint64_t)R_PSR_RI_MASK;
    diff = old ^ psr;
    if (diff & PSR(BN)) {
        ia64_switch_bank(env);
    }
    env->psr = psr;
    if (diff & (PSR(PK) | PSR(DB))) {
        /* QEMU's TLB holds rights as reduced by keys and breakpoints. */
        ia64_mmu_flush(env, IA64_MMU_DATA_MASK | IA64_MMU_INSN_MASK);
    }
    ia64_rebuild_hflags(env);
}

/* -------------------------------------------------------------------- */
/* Delivery                                                             */

static const char *vector_name(int vector)
{
    switch (vector) {
    case IA64_VEC_VHPT:
        return "VHPT Translation";
    case IA64_VEC_ITLB:
        return "Instruction TLB";
    case IA64_VEC_DTLB:
        return "Data TLB";
    case IA64_VEC_ALT_ITLB:
        return "Alternate Instruction TLB";
    case IA64_VEC_ALT_DTLB:
        return "Alternate Data TLB";
    case IA64_VEC_NESTED_DTLB:
        return "Data Nested TLB";
    case IA64_VEC_IKEY_MISS:
        return "Instruction Key Miss";
    case IA64_VEC_DKEY_MISS:
        return "Data Key Miss";
    case IA64_VEC_DIRTY:
        return "Dirty Bit";
    case IA64_VEC_IACCESS:
        return "Instruction Access Bit";
    case IA64_VEC_DACCESS:
        return "Data Access Bit";
    case IA64_VEC_BREAK:
        return "Break";
    case IA64_VEC_EXTINT:
        return "External Interrupt";
    case IA64_VEC_PAGE_NP:
        return "Page Not Present";
    case IA64_VEC_KEY_PERM:
        return "Key Permission";
    case IA64_VEC_IRIGHTS:
        return "Instruction Access Rights";
    case IA64_VEC_DRIGHTS:
        return "Data Access Rights";
    case IA64_VEC_GENEX:
        return "General Exception";
    case IA64_VEC_DISABLED_FP:
        return "Disabled FP Register";
    case IA64_VEC_NAT:
        return "NaT Consumption";
    case IA64_VEC_SPECULATION:
        return "Speculation";
    case IA64_VEC_DEBUG:
        return "Debug";
    case IA64_VEC_UNALIGNED:
        return "Unaligned Data Reference";
    case IA64_VEC_UNSUPPORTED:
        return "Unsupported Data Reference";
    case IA64_VEC_FP_FAULT:
        return "Floating-point Fault";
    case IA64_VEC_FP_TRAP:
        return "Floating-point Trap";
    case IA64_VEC_LP_TRANSFER:
        return "Lower-Privilege Transfer";
    case IA64_VEC_TAKEN_BRANCH:
        return "Taken Branch";
    case IA64_VEC_SINGLE_STEP:
        return "Single Step";
    case IA64_VEC_INIT:
        return "INIT";
    case IA64_VEC_PMI:
        return "PMI";
    case IA64_VEC_MCA:
        return "MCA";
    default:
        return "unknown";
    }
}

/*
 * What a system unknown to us meets first: its own vector table tells it
 * from the firmware, and from the loader before it.
 */
static bool among_the_first(IA64CPU *cpu)
{
    if (cpu->logged_iva != cpu->env.cr_iva) {
        cpu->logged_iva = cpu->env.cr_iva;
        cpu->logged = 0;
    }
    if (cpu->logged >= cpu->log_first) {
        return false;
    }
    cpu->logged++;
    return true;
}

static void log_interruption(CPUState *cs, int vector, uint64_t isr)
{
    CPUIA64State *env = cpu_env(cs);
    IA64CPU *cpu = IA64_CPU(cs);

    trace_ia64_interruption(cs->cpu_index, vector, env->ip, isr,
                            env->exc.set & IA64_EXC_IFA ? env->exc.ifa : 0);
    if (cpu->log_first && among_the_first(cpu)) {
        qemu_log("first-contact: interruption %u under iva 0x%" PRIx64 ": ",
                 cpu->logged, env->cr_iva);
    } else if (!qemu_loglevel_mask(CPU_LOG_INT)) {
        return;
    }
    qemu_log("INT cpu %d %04x %-25s ip %016" PRIx64 ".%d psr %016" PRIx64
             " isr %016" PRIx64, cs->cpu_index, vector, vector_name(vector),
             env->ip & ~(uint64_t)15, (int)(env->ip & 3), ia64_psr_full(env), isr);
    if (env->exc.set & IA64_EXC_IFA) {
        qemu_log(" ifa %016" PRIx64, env->exc.ifa);
    }
    if (env->exc.set & IA64_EXC_ITIR) {
        qemu_log(" itir %08" PRIx64, env->exc.itir);
    }
    if (env->exc.set & IA64_EXC_IHA) {
        qemu_log(" iha %016" PRIx64, env->exc.iha);
    }
    if (env->exc.set & IA64_EXC_IIM) {
        qemu_log(" iim %" PRIx64, env->exc.iim);
    }
    qemu_log("%s\n", env->psr & PSR(IC) ? "" : " ic=0");
}

/* The interrupted context into IPSR, IIP, IIPA and IFS (SDM 2:97) */
static void collect_context(CPUIA64State *env)
{
    env->cr_ipsr = ia64_psr_full(env);
    env->cr_iip = env->ip & ~15ull;
    env->cr_iipa = env->last_ip;
    env->cr_ifs &= ~(uint64_t)R_IFS_V_MASK;
}

/* MCA, INIT, PMI: into the firmware, see hw/ia64/pal-msr.h */
static void enter_firmware(CPUIA64State *env, int vector)
{
    uint64_t psr = PSR(MC);
    unsigned entry = IA64_PAL_ENTRY_INIT;

    if (vector == IA64_VEC_PMI) {
        psr &= env->psr;
        entry = IA64_PAL_ENTRY_PMI;
    } else if (vector == IA64_VEC_MCA) {
        entry = IA64_PAL_ENTRY_MCA;
    }
    env->msr[IA64_MSR_XIP] = env->cr_iip;
    env->msr[IA64_MSR_XPSR] = env->cr_ipsr;
    env->msr[IA64_MSR_XFS] = env->cr_ifs;
    collect_context(env);
    ia64_set_psr(env, psr);
    if (vector != IA64_VEC_PMI) {
        env->msr[IA64_MSR_XR31] = env->gr[31];
    }
    env->ip = env->msr[IA64_MSR_ENTRY] + entry;
}

/*
 * A floating-point trap is raised by the instruction's helper, the state
 * still being that of the instruction: step over it.
 */
static void step_over(CPUIA64State *env)
{
    env->last_ip = env->ip & ~15ull;
    env->ip = (env->ip & 3) == 2 ? env->last_ip + 16 : env->ip + 1;
}

void ia64_cpu_do_interrupt(CPUState *cs)
{
    CPUIA64State *env = cpu_env(cs);
    int vector = cs->exception_index;
    uint64_t isr = env->exc.isr;
    uint64_t psr;

    cs->exception_index = -1;
    env->rse_isr = 0;
    env->mem_isr = 0;
    ia64_mmu_sync(env);

    if (vector >= IA64_VEC_INIT) {
        env->exc.set = 0;
        log_interruption(cs, vector, 0);
        enter_firmware(env, vector);
        return;
    }

    switch (vector) {
    case IA64_VEC_FP_TRAP:
        isr = FIELD_DP64(isr, ISR, EI, env->ip & 3);
        if (env->psr & PSR(SS)) {
            isr |= TRAP_SS;
        }
        step_over(env);
        break;
    case IA64_VEC_LP_TRANSFER:
    case IA64_VEC_TAKEN_BRANCH:
    case IA64_VEC_SINGLE_STEP:
        /* Raised with the slot of the instruction that trapped */
        break;
    default:
        isr = FIELD_DP64(isr, ISR, EI, env->ip & 3);
        break;
    }
    if (!(env->psr & PSR(IC))) {
        isr |= ISR(NI);
    }
    log_interruption(cs, vector, isr);

    if (vector != IA64_VEC_NESTED_DTLB) {
        env->cr_isr = isr;
    }
    if (env->psr & PSR(IC)) {
        collect_context(env);
        if (env->exc.set & IA64_EXC_IFA) {
            env->cr_ifa = env->exc.ifa;
        }
        if (env->exc.set & IA64_EXC_ITIR) {
            env->cr_itir = env->exc.itir;
        }
        if (env->exc.set & IA64_EXC_IIM) {
            env->cr_iim = env->exc.iim;
        }
        if (env->exc.set & IA64_EXC_IHA) {
            env->cr_iha = env->exc.iha;
        }
    }
    env->exc.set = 0;
    env->careful_frame = 0;

    psr = env->psr & PSR_KEPT;
    if (env->cr_dcr & R_DCR_BE_MASK) {
        psr |= PSR(BE);
    }
    if (env->cr_dcr & R_DCR_PP_MASK) {
        psr |= PSR(PP);
    }
    ia64_set_psr(env, psr);
    env->ip = env->cr_iva + vector;
}

bool ia64_cpu_exec_interrupt(CPUState *cs, int interrupt_request)
{
    CPUIA64State *env = cpu_env(cs);
    int vector;

    if ((interrupt_request & (CPU_INTERRUPT_MCA | CPU_INTERRUPT_INIT |
                              CPU_INTERRUPT_PMI)) &&
        env->msr[IA64_MSR_ENTRY] && !(env->psr & PSR(MC))) {
        if (interrupt_request & CPU_INTERRUPT_MCA) {
            vector = IA64_VEC_MCA;
            cs->interrupt_request &= ~CPU_INTERRUPT_MCA;
        } else if (interrupt_request & CPU_INTERRUPT_INIT) {
            vector = IA64_VEC_INIT;
            cs->interrupt_request &= ~CPU_INTERRUPT_INIT;
        } else if (env->psr & PSR(IC)) {
            vector = IA64_VEC_PMI;
            cs->interrupt_request &= ~CPU_INTERRUPT_PMI;
        } else {
            vector = -1;
        }
        if (vector >= 0) {
            cs->exception_index = vector;
            ia64_cpu_do_interrupt(cs);
            return true;
        }
    }
    if ((interrupt_request & CPU_INTERRUPT_HARD) && (env->psr & PSR(I)) &&
        ia64_sapic_pending(env)) {
        cs->exception_index = IA64_VEC_EXTINT;
        env->exc.isr = 0;
        env->exc.set = 0;
        ia64_cpu_do_interrupt(cs);
        return true;
    }
    return false;
}

/* -------------------------------------------------------------------- */
/* Return from interruption                                             */

/* Ends the block; ip of the target is set, faults of it are raised there. */
void HELPER(rfi)(CPUIA64State *env)
{
    uint64_t psr = env->cr_ipsr;
    uint64_t ifs = env->cr_ifs;

    if (psr & PSR(IS)) {
        /* No IA-32 instruction set in this processor */
        ia64_raise_ge(env, IA64_GE_DISABLED_ISA, GETPC());
    }
    ia64_mmu_sync(env);
    trace_ia64_rfi(env_cpu(env)->cpu_index, env->cr_iip, psr);

    env->last_ip = env->psr & PSR(IC) ? env->ip & ~15ull : env->cr_iipa;
    env->ip = (env->cr_iip & ~15ull) | FIELD_EX64(psr, PSR, RI);
    if (env->msr[IA64_MSR_XRFI]) {
        env->msr[IA64_MSR_XRFI] = 0;
        env->cr_iip = env->msr[IA64_MSR_XIP];
        env->cr_ipsr = env->msr[IA64_MSR_XPSR];
        env->cr_ifs = env->msr[IA64_MSR_XFS];
    }
    ia64_set_psr(env, psr);
    if (ifs & R_IFS_V_MASK) {
        ia64_rse_return(env, ifs & CFM_MASK, FIELD_EX64(ifs, CFM, SOF), 0);
    } else if (env->stk < env->stk_lo) {
        /* The frame was interrupted while it was being loaded (ISR.ir). */
        ia64_rse_return(env, ia64_get_cfm(env), 0, 0);
    }
}

/* -------------------------------------------------------------------- */
/* Traps                                                                */

/*
 * @vector after the instruction at the block's only insn_start, with env->ip
 * the instruction after it
 */
static G_NORETURN void raise_trap(CPUIA64State *env, int vector, uint64_t code,
                                  uintptr_t ra)
{
    uint64_t next = env->ip;

    cpu_restore_state(env_cpu(env), ra);
    code |= (env->ip & 3) << R_ISR_EI_SHIFT;
    env->last_ip = env->ip & ~15ull;
    env->ip = next;
    env->exc.set = 0;
    ia64_raise(env, vector, code, 0);
}

/* After an instruction of a careful block; env->ip is the next one. */
void HELPER(careful_done)(CPUIA64State *env, uint32_t taken)
{
    uint64_t psr = env->psr;
    uint64_t code = 0;

    /* Frame checks slot by slot last until control goes elsewhere. */
    if ((psr & PSR_ONCE) || (taken && env->careful_frame)) {
        env->careful_frame &= !taken;
        env->psr = psr & ~PSR_ONCE;
        ia64_rebuild_hflags(env);
    }
    if (psr & PSR(SS)) {
        code |= TRAP_SS;
    }
    if (taken && (psr & PSR(TB))) {
        code |= TRAP_TB;
    }
    if (code & TRAP_TB) {
        raise_trap(env, IA64_VEC_TAKEN_BRANCH, code, GETPC());
    } else if (code) {
        raise_trap(env, IA64_VEC_SINGLE_STEP, code, GETPC());
    }
}

void ia64_raise_lp_transfer(CPUIA64State *env, uintptr_t ra)
{
    uint64_t code = TRAP_LP;

    if (env->psr & PSR(TB)) {
        code |= TRAP_TB;
    }
    if (env->psr & PSR(SS)) {
        code |= TRAP_SS;
    }
    env->psr &= ~PSR_ONCE;
    ia64_rebuild_hflags(env);
    raise_trap(env, IA64_VEC_LP_TRANSFER, code, ra);
}
