/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium local SAPIC: external interrupts, interval timer, messages of the
 * platform
 *
 * Facts: SDM volume 2, sections 5.8 (external interrupts) and 3.1.11, 3.3.4.2
 * (interval timer).
 *
 * IRR and in-service bits are touched with the BQL held: messages arrive from
 * devices and from other processors.
 */

#include "qemu/osdep.h"
#include "qemu/log.h"
#include "qemu/host-utils.h"
#include "qemu/main-loop.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "hw/core/cpu.h"
#include "hw/ia64/pal-msr.h"
#include "hw/ia64/sapic.h"
#include "sapic.h"
#include "trace.h"

#define VECTOR_EXTINT       0
#define VECTOR_NMI          2
#define VECTOR_SPURIOUS     15
#define VECTOR_MIN          16      /* vectors below have a meaning each */

/* Place in the order of priority: NMI, ExtINT, 255 ... 16 (SDM 2:121) */
static int vector_rank(int vector)
{
    switch (vector) {
    case VECTOR_NMI:
        return 257;
    case VECTOR_EXTINT:
        return 256;
    default:
        return vector;
    }
}

static int highest_vector(const uint64_t *bits)
{
    if (bits[0] & (1ull << VECTOR_NMI)) {
        return VECTOR_NMI;
    }
    if (bits[0] & (1ull << VECTOR_EXTINT)) {
        return VECTOR_EXTINT;
    }
    for (int i = 3; i >= 0; i--) {
        if (bits[i]) {
            return i * 64 + 63 - clz64(bits[i]);
        }
    }
    return -1;
}

/* What IVR would return, SDM 2:122 */
static int deliverable_vector(CPUIA64State *env)
{
    int vector = highest_vector(env->irr);
    int served = highest_vector(env->isrv);

    if (vector < 0) {
        return VECTOR_SPURIOUS;
    }
    if (served >= 0 && vector_rank(served) >= vector_rank(vector)) {
        return VECTOR_SPURIOUS;
    }
    if (vector == VECTOR_NMI) {
        return vector;
    }
    if (env->cr_tpr & R_TPR_MMI_MASK) {
        return VECTOR_SPURIOUS;
    }
    if (vector != VECTOR_EXTINT &&
        vector >> 4 <= FIELD_EX64(env->cr_tpr, TPR, MIC)) {
        return VECTOR_SPURIOUS;
    }
    return vector;
}

bool ia64_sapic_pending(CPUIA64State *env)
{
    return deliverable_vector(env) != VECTOR_SPURIOUS;
}

/* With the BQL: CPU_INTERRUPT_HARD says whether something is deliverable. */
static void update(CPUIA64State *env)
{
    CPUState *cs = env_cpu(env);

    if (ia64_sapic_pending(env)) {
        cpu_interrupt(cs, CPU_INTERRUPT_HARD);
    } else if (cs->interrupt_request & CPU_INTERRUPT_HARD) {
        cpu_reset_interrupt(cs, CPU_INTERRUPT_HARD);
    }
}

static void set_pending(CPUIA64State *env, unsigned vector)
{
    env->irr[vector / 64] |= 1ull << (vector % 64);
    update(env);
}

bool ia64_cpu_has_work(CPUState *cs)
{
    return cs->interrupt_request & (CPU_INTERRUPT_HARD | CPU_INTERRUPT_INIT |
                                    CPU_INTERRUPT_PMI | CPU_INTERRUPT_MCA);
}

/* -------------------------------------------------------------------- */
/* Messages                                                             */

void ia64_sapic_deliver(IA64CPU *cpu, unsigned delivery_mode, unsigned vector)
{
    CPUIA64State *env = &cpu->env;
    CPUState *cs = CPU(cpu);

    trace_ia64_sapic_deliver(cs->cpu_index, delivery_mode, vector);
    switch (delivery_mode) {
    case SAPIC_DM_INT:
    case SAPIC_DM_LOWEST:
        if (vector < VECTOR_MIN && vector != VECTOR_EXTINT &&
            vector != VECTOR_NMI) {
            break;
        }
        if (vector > 255) {
            break;
        }
        set_pending(env, vector);
        return;
    case SAPIC_DM_PMI:
        env->msr[IA64_MSR_PMI] = vector & 15;
        cpu_interrupt(cs, CPU_INTERRUPT_PMI);
        return;
    case SAPIC_DM_NMI:
        set_pending(env, VECTOR_NMI);
        return;
    case SAPIC_DM_INIT:
        cpu_interrupt(cs, CPU_INTERRUPT_INIT);
        return;
    case SAPIC_DM_EXTINT:
        set_pending(env, VECTOR_EXTINT);
        return;
    default:
        break;
    }
    qemu_log_mask(LOG_GUEST_ERROR, "ia64: SAPIC message with delivery mode %u"
                  " and vector %u dropped\n", delivery_mode, vector);
}

IA64CPU *ia64_cpu_by_sapic_id(unsigned id, unsigned eid)
{
    CPUState *cs;

    CPU_FOREACH(cs) {
        CPUIA64State *env = cpu_env(cs);
        uint64_t lid = qatomic_read(&env->cr_lid);

        if (FIELD_EX64(lid, LID, ID) == id &&
            FIELD_EX64(lid, LID, EID) == eid) {
            return IA64_CPU(cs);
        }
    }
    return NULL;
}

/* -------------------------------------------------------------------- */
/* Interval timer                                                       */

static uint64_t itc_ticks(IA64CPU *cpu, int64_t ns)
{
    return muldiv64(ns, cpu->itc_freq, NANOSECONDS_PER_SECOND);
}

uint64_t ia64_get_itc(CPUIA64State *env)
{
    return itc_ticks(env_archcpu(env),
                     qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL)) + env->itc_offset;
}

/*
 * Arms the timer for ITM when that lies ahead; a match that has passed is
 * not made up for (SDM 2:125).
 */
static void arm_itm(CPUIA64State *env)
{
    IA64CPU *cpu = env_archcpu(env);
    int64_t ahead = env->cr_itm - ia64_get_itc(env);
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    uint64_t ns;

    if (ahead <= 0) {
        timer_del(env->itm_timer);
        return;
    }
    /* In whole seconds and the rest, both rounded up */
    ns = ahead / cpu->itc_freq * NANOSECONDS_PER_SECOND;
    if (ahead / cpu->itc_freq > INT64_MAX / 4 / NANOSECONDS_PER_SECOND) {
        timer_del(env->itm_timer);      /* not within our lifetime */
        return;
    }
    ns += DIV_ROUND_UP((ahead % cpu->itc_freq) * NANOSECONDS_PER_SECOND,
                       cpu->itc_freq);
    timer_mod(env->itm_timer, now + ns);
}

static bool in_service(CPUIA64State *env, unsigned vector)
{
    return env->isrv[vector / 64] & (1ull << (vector % 64));
}

/*
 * ITC has reached ITM.  While the timer's interrupt is in service, a further
 * one waits for EOI outside IRR: see HELPER(set_itm).
 */
static void itm_match(CPUIA64State *env)
{
    unsigned vector = FIELD_EX64(env->cr_itv, INTV, VECTOR);

    trace_ia64_itm(env_cpu(env)->cpu_index, env->cr_itm, env->cr_itv);
    if (env->cr_itv & R_INTV_M_MASK) {
        return;
    }
    if (in_service(env, vector)) {
        env->itm_waits = true;
    } else {
        ia64_sapic_deliver(env_archcpu(env), SAPIC_DM_INT, vector);
    }
}

/* The host may be late with the timer: the guest must not see that. */
static void itm_catch_up(CPUIA64State *env)
{
    if (timer_pending(env->itm_timer) &&
        (int64_t)(env->cr_itm - ia64_get_itc(env)) <= 0) {
        timer_del(env->itm_timer);
        itm_match(env);
    }
}

static void itm_expired(void *opaque)
{
    IA64CPU *cpu = opaque;
    CPUIA64State *env = &cpu->env;

    if ((int64_t)(env->cr_itm - ia64_get_itc(env)) > 0) {
        arm_itm(env);       /* ITC has been set back meanwhile */
        return;
    }
    itm_match(env);
}

/* -------------------------------------------------------------------- */
/* Control registers                                                    */

uint64_t HELPER(get_ivr)(CPUIA64State *env)
{
    int vector;

    bql_lock();
    itm_catch_up(env);
    vector = deliverable_vector(env);
    if (vector != VECTOR_SPURIOUS) {
        env->irr[vector / 64] &= ~(1ull << (vector % 64));
        env->isrv[vector / 64] |= 1ull << (vector % 64);
        update(env);
    }
    bql_unlock();
    trace_ia64_ivr(env_cpu(env)->cpu_index, vector);
    return vector;
}

uint64_t HELPER(get_irr)(CPUIA64State *env, uint32_t n)
{
    uint64_t val;

    bql_lock();
    itm_catch_up(env);
    val = env->irr[n];
    if (env->itm_waits) {
        unsigned vector = FIELD_EX64(env->cr_itv, INTV, VECTOR);

        if (vector / 64 == n) {
            val |= 1ull << (vector % 64);
        }
    }
    bql_unlock();
    return val;
}

void HELPER(set_tpr)(CPUIA64State *env, uint64_t val)
{
    bql_lock();
    env->cr_tpr = val & (R_TPR_MIC_MASK | R_TPR_MMI_MASK);
    update(env);
    bql_unlock();
}

void HELPER(eoi)(CPUIA64State *env)
{
    int vector;

    bql_lock();
    vector = highest_vector(env->isrv);
    if (vector >= 0) {
        env->isrv[vector / 64] &= ~(1ull << (vector % 64));
        update(env);
    }
    if (env->itm_waits) {
        env->itm_waits = false;
        itm_match(env);
    }
    bql_unlock();
}

/*
 * A handler of the timer sets ITM and then looks whether ITC has overtaken
 * it meanwhile, in which case it sets ITM again.  A processor takes no time
 * for that; ours takes milliseconds when the host gives its time to others.
 * The match that happened in between would be pending, and the next tick come
 * before it is due: Linux complains ("Oops: timer tick before it's due").
 * So a match during the handler counts only if ITM is not set to a
 * later time before EOI.
 */
void HELPER(set_itm)(CPUIA64State *env, uint64_t val)
{
    bql_lock();
    itm_catch_up(env);
    env->cr_itm = val;
    if ((int64_t)(val - ia64_get_itc(env)) > 0) {
        env->itm_waits = false;
    }
    arm_itm(env);
    bql_unlock();
}

void HELPER(set_itv)(CPUIA64State *env, uint64_t val)
{
    bql_lock();
    itm_catch_up(env);
    if (env->itm_waits) {
        unsigned vector = FIELD_EX64(env->cr_itv, INTV, VECTOR);

        env->itm_waits = false;
        ia64_sapic_deliver(env_archcpu(env), SAPIC_DM_INT, vector);
    }
    env->cr_itv = val;
    bql_unlock();
}

void HELPER(set_lid)(CPUIA64State *env, uint64_t val)
{
    qatomic_set(&env->cr_lid, val & (R_LID_ID_MASK | R_LID_EID_MASK));
}

uint64_t HELPER(get_itc)(CPUIA64State *env)
{
    return ia64_get_itc(env);
}

void HELPER(set_itc)(CPUIA64State *env, uint64_t val)
{
    bql_lock();
    itm_catch_up(env);
    env->itc_offset += val - ia64_get_itc(env);
    arm_itm(env);
    bql_unlock();
}

/*
 * PAL_HALT_LIGHT: env->ip is the next instruction.  Interrupts that are
 * deliverable end the halt even when PSR.i = 0.
 */
void HELPER(halt_light)(CPUIA64State *env)
{
    CPUState *cs = env_cpu(env);

    if (ia64_cpu_has_work(cs)) {
        return;
    }
    cs->halted = 1;
    cs->exception_index = EXCP_HLT;
    cpu_loop_exit(cs);
}

/* This processor waits for another, which may have to wait for this one */
void HELPER(yield_host)(void)
{
    g_thread_yield();
}

/* -------------------------------------------------------------------- */
/* Life cycle                                                           */

void ia64_sapic_init(IA64CPU *cpu)
{
    cpu->env.itm_timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, itm_expired, cpu);
}

void ia64_sapic_reset(IA64CPU *cpu)
{
    CPUIA64State *env = &cpu->env;

    timer_del(env->itm_timer);
    env->cr_itv = R_INTV_M_MASK;
    env->cr_pmv = R_INTV_M_MASK;
    env->cr_cmcv = R_INTV_M_MASK;
    env->cr_lrr[0] = R_INTV_M_MASK;
    env->cr_lrr[1] = R_INTV_M_MASK;
    env->cr_lid = FIELD_DP64(0, LID, ID, cpu->sapic_id);
    env->cr_lid = FIELD_DP64(env->cr_lid, LID, EID, cpu->sapic_eid);
}
