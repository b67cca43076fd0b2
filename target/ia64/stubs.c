/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Placeholders, gone as soon as the real files are here */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/exec-all.h"
#include "exec/helper-proto.h"
#include "migration/cpu.h"
#include "qemu/log.h"
#include "exec/cputlb.h"
__attribute__((weak)) void ia64_raise(CPUIA64State *env, int vector, uint64_t isr, uintptr_t ra)
{ CPUState *cs=env_cpu(env); cs->exception_index=vector; env->exc.isr=isr; cpu_loop_exit_restore(cs, ra); }
__attribute__((weak)) void ia64_raise_ge(CPUIA64State *env, unsigned code, uintptr_t ra) { ia64_raise(env, IA64_VEC_GENEX, code, ra); }
__attribute__((weak)) void ia64_cpu_do_interrupt(CPUState *cs) { CPUIA64State *env=cpu_env(cs); qemu_log("INT %x ip %lx last %lx isr %lx iim %lx\n", cs->exception_index, env->ip, env->last_ip, env->exc.isr, env->exc.iim); ia64_cpu_dump_state(cs, stderr, 0); exit(0); }
__attribute__((weak)) bool ia64_cpu_exec_interrupt(CPUState *cs, int r) { return false; }
__attribute__((weak)) void ia64_set_psr(CPUIA64State *env, uint64_t psr) { env->psr=psr; ia64_rebuild_hflags(env); }
__attribute__((weak)) void ia64_tlb_init(CPUIA64State *env) {}
__attribute__((weak)) void ia64_tlb_reset(CPUIA64State *env) {}
__attribute__((weak)) hwaddr ia64_cpu_get_phys_page_debug(CPUState *cs, vaddr addr) { return addr; }
__attribute__((weak)) void ia64_cpu_do_unaligned_access(CPUState *cs, vaddr addr, MMUAccessType t, int idx, uintptr_t ra) { ia64_raise(cpu_env(cs), IA64_VEC_UNALIGNED, 0, ra); }
__attribute__((weak)) void ia64_cpu_do_transaction_failed(CPUState *cs, hwaddr physaddr, vaddr addr, unsigned size, MMUAccessType t, int idx, MemTxAttrs a, MemTxResult r, uintptr_t ra) {}
__attribute__((weak)) void ia64_dump_tlb(CPUIA64State *env, Monitor *mon) {}
__attribute__((weak)) void ia64_sapic_init(IA64CPU *cpu) {}
__attribute__((weak)) void ia64_sapic_reset(IA64CPU *cpu) {}
__attribute__((weak)) bool ia64_cpu_has_work(CPUState *cs) { return false; }
void ia64_sapic_deliver(IA64CPU *cpu, unsigned m, unsigned v);
__attribute__((weak)) void ia64_sapic_deliver(IA64CPU *cpu, unsigned m, unsigned v) {}
IA64CPU *ia64_cpu_by_sapic_id(unsigned id, unsigned eid);
__attribute__((weak)) IA64CPU *ia64_cpu_by_sapic_id(unsigned id, unsigned eid) { return NULL; }
__attribute__((weak)) void HELPER(careful_done)(CPUIA64State *env, uint32_t taken) { if (taken) { env->careful_frame=false; ia64_rebuild_hflags(env);} }
__attribute__((weak)) const VMStateDescription vmstate_ia64_cpu = { .name="cpu", .unmigratable=1 };
__attribute__((weak)) uint64_t ia64_get_itc(CPUIA64State *env) { return 0; }
