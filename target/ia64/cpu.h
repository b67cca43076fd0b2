/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium CPU state
 *
 * Names and bit positions are those of the Intel Itanium Architecture
 * Software Developer's Manual, revision 2.3 ("SDM").
 */

#ifndef IA64_CPU_H
#define IA64_CPU_H

#include "cpu-qom.h"
#include "exec/cpu-defs.h"
#include "qemu/timer.h"
#include "hw/registerfields.h"
#include "hw/ia64/pal-msr.h"
#include "fr.h"

/* Processor status register, SDM 2:23 */
FIELD(PSR, BE, 1, 1)
FIELD(PSR, UP, 2, 1)
FIELD(PSR, AC, 3, 1)
FIELD(PSR, MFL, 4, 1)
FIELD(PSR, MFH, 5, 1)
FIELD(PSR, IC, 13, 1)
FIELD(PSR, I, 14, 1)
FIELD(PSR, PK, 15, 1)
FIELD(PSR, DT, 17, 1)
FIELD(PSR, DFL, 18, 1)
FIELD(PSR, DFH, 19, 1)
FIELD(PSR, SP, 20, 1)
FIELD(PSR, PP, 21, 1)
FIELD(PSR, DI, 22, 1)
FIELD(PSR, SI, 23, 1)
FIELD(PSR, DB, 24, 1)
FIELD(PSR, LP, 25, 1)
FIELD(PSR, TB, 26, 1)
FIELD(PSR, RT, 27, 1)
FIELD(PSR, CPL, 32, 2)
FIELD(PSR, IS, 34, 1)
FIELD(PSR, MC, 35, 1)
FIELD(PSR, IT, 36, 1)
FIELD(PSR, ID, 37, 1)
FIELD(PSR, DA, 38, 1)
FIELD(PSR, DD, 39, 1)
FIELD(PSR, SS, 40, 1)
FIELD(PSR, RI, 41, 2)
FIELD(PSR, ED, 43, 1)
FIELD(PSR, BN, 44, 1)
FIELD(PSR, IA, 45, 1)

#define PSR(name)       R_PSR_##name##_MASK

/* Current frame marker, as in PFS.pfm and IFS.ifm, SDM 1:23 */
FIELD(CFM, SOF, 0, 7)
FIELD(CFM, SOL, 7, 7)
FIELD(CFM, SOR, 14, 4)
FIELD(CFM, RRB_GR, 18, 7)
FIELD(CFM, RRB_FR, 25, 7)
FIELD(CFM, RRB_PR, 32, 6)
#define CFM_MASK        MAKE_64BIT_MASK(0, 38)
#define CFM_RRB_MASK    MAKE_64BIT_MASK(18, 20)

/* Previous function state, SDM 1:32 */
FIELD(PFS, PFM, 0, 38)
FIELD(PFS, PEC, 52, 6)
FIELD(PFS, PPL, 62, 2)

/* Interruption function state */
FIELD(IFS, IFM, 0, 38)
FIELD(IFS, V, 63, 1)

/* Register stack configuration, SDM 1:29 */
FIELD(RSC, MODE, 0, 2)
FIELD(RSC, PL, 2, 2)
FIELD(RSC, BE, 4, 1)
FIELD(RSC, LOADRS, 16, 14)

/* Default control register, SDM 2:31 */
FIELD(DCR, PP, 0, 1)
FIELD(DCR, BE, 1, 1)
FIELD(DCR, LC, 2, 1)
FIELD(DCR, DM, 8, 1)
FIELD(DCR, DP, 9, 1)
FIELD(DCR, DK, 10, 1)
FIELD(DCR, DX, 11, 1)
FIELD(DCR, DR, 12, 1)
FIELD(DCR, DA, 13, 1)
FIELD(DCR, DD, 14, 1)

/* Interruption status register, SDM 2:165 */
FIELD(ISR, CODE, 0, 16)
FIELD(ISR, VECTOR, 16, 8)
FIELD(ISR, X, 32, 1)
FIELD(ISR, W, 33, 1)
FIELD(ISR, R, 34, 1)
FIELD(ISR, NA, 35, 1)
FIELD(ISR, SP, 36, 1)
FIELD(ISR, RS, 37, 1)
FIELD(ISR, IR, 38, 1)
FIELD(ISR, NI, 39, 1)
FIELD(ISR, SO, 40, 1)
FIELD(ISR, EI, 41, 2)
FIELD(ISR, ED, 43, 1)
#define ISR(name)       R_ISR_##name##_MASK

/* ISR.code of non-access instructions, SDM 2:166 */
enum {
    IA64_NA_TPA = 0,
    IA64_NA_FC = 1,
    IA64_NA_PROBE = 2,
    IA64_NA_TAK = 3,
    IA64_NA_LFETCH = 4,
    IA64_NA_PROBE_FAULT = 5,
};

/* ISR.code of a General Exception fault */
enum {
    IA64_GE_ILLEGAL_OP = 0x00,
    IA64_GE_PRIV_OP = 0x10,
    IA64_GE_PRIV_REG = 0x20,
    IA64_GE_RESERVED = 0x30,        /* reserved register/field */
    IA64_GE_UNIMPL_DATA = 0x30,     /* unimplemented data address */
    IA64_GE_DISABLED_ISA = 0x40,
    IA64_GE_ILLEGAL_DEP = 0x80,
};

/* Region register, SDM 2:58 */
FIELD(RR, VE, 0, 1)
FIELD(RR, PS, 2, 6)
FIELD(RR, RID, 8, 24)

/* Page table address, SDM 2:36 */
FIELD(PTA, VE, 0, 1)
FIELD(PTA, SIZE, 2, 6)
FIELD(PTA, VF, 8, 1)

/* Translation insertion format, SDM 2:54 */
FIELD(PTE, P, 0, 1)
FIELD(PTE, MA, 2, 3)
FIELD(PTE, A, 5, 1)
FIELD(PTE, D, 6, 1)
FIELD(PTE, PL, 7, 2)
FIELD(PTE, AR, 9, 3)
FIELD(PTE, PPN, 12, 38)
FIELD(PTE, ED, 52, 1)
FIELD(ITIR, PS, 2, 6)
FIELD(ITIR, KEY, 8, 24)

enum {
    IA64_MA_WB = 0,
    IA64_MA_UC = 4,
    IA64_MA_UCE = 5,
    IA64_MA_WC = 6,
    IA64_MA_NATPAGE = 7,
};

/* Protection key register, SDM 2:60 */
FIELD(PKR, V, 0, 1)
FIELD(PKR, WD, 1, 1)
FIELD(PKR, RD, 2, 1)
FIELD(PKR, XD, 3, 1)
FIELD(PKR, KEY, 8, 24)

/*
 * Interruption vectors: cs->exception_index is the offset into the
 * interruption vector table (SDM 2:100), so that -d int reads well.
 */
enum {
    IA64_VEC_VHPT           = 0x0000,
    IA64_VEC_ITLB           = 0x0400,
    IA64_VEC_DTLB           = 0x0800,
    IA64_VEC_ALT_ITLB       = 0x0c00,
    IA64_VEC_ALT_DTLB       = 0x1000,
    IA64_VEC_NESTED_DTLB    = 0x1400,
    IA64_VEC_IKEY_MISS      = 0x1800,
    IA64_VEC_DKEY_MISS      = 0x1c00,
    IA64_VEC_DIRTY          = 0x2000,
    IA64_VEC_IACCESS        = 0x2400,
    IA64_VEC_DACCESS        = 0x2800,
    IA64_VEC_BREAK          = 0x2c00,
    IA64_VEC_EXTINT         = 0x3000,
    IA64_VEC_PAGE_NP        = 0x5000,
    IA64_VEC_KEY_PERM       = 0x5100,
    IA64_VEC_IRIGHTS        = 0x5200,
    IA64_VEC_DRIGHTS        = 0x5300,
    IA64_VEC_GENEX          = 0x5400,
    IA64_VEC_DISABLED_FP    = 0x5500,
    IA64_VEC_NAT            = 0x5600,
    IA64_VEC_SPECULATION    = 0x5700,
    IA64_VEC_DEBUG          = 0x5900,
    IA64_VEC_UNALIGNED      = 0x5a00,
    IA64_VEC_UNSUPPORTED    = 0x5b00,
    IA64_VEC_FP_FAULT       = 0x5c00,
    IA64_VEC_FP_TRAP        = 0x5d00,
    IA64_VEC_LP_TRANSFER    = 0x5e00,
    IA64_VEC_TAKEN_BRANCH   = 0x5f00,
    IA64_VEC_SINGLE_STEP    = 0x6000,
    /* Not in the table: entries of the firmware */
    IA64_VEC_INIT           = 0x10000,
    IA64_VEC_PMI            = 0x10001,
    IA64_VEC_MCA            = 0x10002,
};

/* cs->interrupt_request bits */
#define CPU_INTERRUPT_INIT      CPU_INTERRUPT_TGT_EXT_0
#define CPU_INTERRUPT_PMI       CPU_INTERRUPT_TGT_EXT_1
#define CPU_INTERRUPT_MCA       CPU_INTERRUPT_TGT_EXT_2

/*
 * MMU indexes.  Data and instruction translations of one address may differ
 * (itc.d, itc.i), and one QEMU TLB entry has a single addend: each side has
 * indexes of its own.
 */
enum {
    IA64_MMU_DATA_PL0 = 0,      /* + privilege level */
    IA64_MMU_PHYS = 4,          /* data and instructions */
    IA64_MMU_INSN_PL0 = 5,      /* + privilege level */
    IA64_NB_MMU = 9,
};
#define IA64_MMU_DATA_MASK      0x000f
#define IA64_MMU_INSN_MASK      0x01e0
#define IA64_MMU_ALL_MASK       0x01ff
/* Those that instructions are fetched by */
#define IA64_MMU_FETCH_MASK     (IA64_MMU_INSN_MASK | 1 << IA64_MMU_PHYS)

/*
 * TB flags, cached in env->hflags; rebuilt by ia64_rebuild_hflags() after
 * any change of PSR, of the NaT population or of CFM's rotation fields.
 */
FIELD(TBF, CPL, 0, 2)
FIELD(TBF, DT, 2, 1)
FIELD(TBF, IT, 3, 1)
FIELD(TBF, BE, 4, 1)
FIELD(TBF, AC, 5, 1)
FIELD(TBF, IC, 6, 1)
FIELD(TBF, DFL, 7, 1)
FIELD(TBF, DFH, 8, 1)
FIELD(TBF, NAT, 9, 1)       /* some GR NaT bit may be set */
FIELD(TBF, RRB, 10, 1)      /* some CFM.rrb may be non-zero */
FIELD(TBF, SOR, 11, 4)
/* One bit a status field: the host's arithmetic will do, I is set (fpu-fast.h) */
FIELD(TBF, FPFAST, 19, 4)
FIELD(TBF, FPSTICKY, 23, 4)
/* One slot a block: single-step, breakpoint, suppression bits, frame checks */
FIELD(TBF, CAREFUL, 18, 1)
#define TBF(name)       R_TBF_##name##_MASK

/*
 * Compilers use p6 and p7 nineteen times of twenty, p8 and p9 next: these have
 * a word each, so that a compare needs no masks.  All others are bits of one,
 * for code that saves and sets all predicates.
 */
#define IA64_FIRST_PR       6
#define IA64_NUM_PR         4
#define IA64_PR_MASK        MAKE_64BIT_MASK(IA64_FIRST_PR, IA64_NUM_PR)
#define IA64_PRS_MASK       (~IA64_PR_MASK & ~1ull)

#define IA64_NUM_STACKED    96      /* physical stacked registers */
#define IA64_CELLS          1024    /* cells for the resident stack */
#define IA64_CELL_SLACK     128     /* out-of-frame reads stay inside */
#define IA64_ROT_ROOM       64      /* rotations between two refills */

#define IA64_NUM_TR         64
#define IA64_NUM_PKR        16
#define IA64_NUM_DBR        8
#define IA64_NUM_IBR        8
#define IA64_NUM_PMC        16
#define IA64_NUM_PMD        18

typedef struct IA64TLB IA64TLB;     /* mmu.c */

typedef struct CPUArchState {
    /*
     * General registers.  gr[16..31] is the current bank, bgr the other one.
     * NaT bits are bit n of gr_nat for r<n>; see stk_nat for the stacked ones.
     */
    uint64_t gr[32];
    uint64_t bgr[16];
    uint32_t gr_nat;
    uint32_t bgr_nat;           /* bits 16..31 */

    uint64_t br[8];
    uint64_t pr[IA64_NUM_PR];   /* p6..p9 as 0 or 1 */
    uint64_t prs;               /* the others (p16..p63 rotated), bit 0 clear */
    uint64_t ip;                /* IP | slot */
    uint64_t last_ip;           /* bundle completed before this block (IIPA) */
    uint64_t psr;               /* ri is in ip */
    uint32_t hflags;

    /*
     * Register stack.  stk points to the cell of (unrotated) r32; cells from
     * stk_lo up to stk are dirty.  cell i has the RSE's absolute register
     * number cell_num0 + i, see rse.c.  A frame must end at or below
     * stk_limit, else alloc calls the RSE.
     */
    uint64_t *stk;
    uint64_t *stk_lo;
    uint64_t *stk_limit;
    uint64_t cell_num0;
    uint64_t cfm;               /* sof, sol, sor; rrb fields are zero */

    /*
     * Rotation.  rrb.x = (rrbase_x - rot_cnt) mod size; with TBF.RRB clear
     * all four are zero.  With it r32 .. r32+8*sor-1 live at rotp[0..].
     * frp[0] is f32 of the window that was rotated frp_cnt times; it is
     * brought up to date when a block with f32-f127 runs.
     */
    int64_t rot_cnt;
    int32_t rrbase_gr;
    int32_t rrbase_fr;
    int32_t rrbase_pr;
    int64_t frp_cnt;
    uint64_t *rotp;
    IA64FR *frp;

    IA64FR fr[32];              /* f0 .. f31 */

    /* Application registers */
    uint64_t kr[8];
    uint64_t rsc;
    uint64_t bspstore;          /* address of the next word to be stored */
    uint64_t rnat;
    uint64_t fcr, eflag, csd, ssd, cflg, fsr, fir, fdr;
    uint64_t ccv;
    uint64_t unat;
    uint64_t fpsr;
    uint64_t pfs;
    uint64_t lc;
    uint64_t ec;

    /* Control registers */
    uint64_t cr_dcr, cr_itm, cr_iva, cr_pta;
    uint64_t cr_ipsr, cr_isr, cr_iip, cr_ifa, cr_itir, cr_iipa, cr_ifs;
    uint64_t cr_iim, cr_iha;
    uint64_t cr_lid, cr_tpr, cr_itv, cr_pmv, cr_cmcv, cr_lrr[2];
    uint64_t irr[4];            /* pending external interrupts */
    uint64_t isrv[4];           /* in service */
    bool itm_waits;             /* a match of ITM waits for EOI */

    uint64_t rr[8];
    uint64_t pkr[IA64_NUM_PKR];
    uint64_t dbr[IA64_NUM_DBR];
    uint64_t ibr[IA64_NUM_IBR];
    uint64_t pmc[IA64_NUM_PMC];
    uint64_t pmd[IA64_NUM_PMD];
    uint64_t msr[IA64_NUM_MSR];

    /* ar.itc = virtual clock in ITC ticks + itc_offset */
    int64_t itc_offset;

    /* What ia64_raise() hands to do_interrupt() */
    struct {
        uint64_t isr;
        uint64_t ifa, itir, iim, iha;
        uint8_t set;            /* which of them, IA64_EXC_* */
    } exc;

    uint8_t careful_frame;      /* re-run slot by slot: frame checks */
    bool gr_window;             /* rotating registers are in rotbuf */
    uint64_t rse_isr;           /* ISR bits of the RSE access under way */
    uint64_t mem_isr;           /* and of accesses a helper makes, see mmu.c */

    /* ---- big arrays, last so that the offsets above stay small ---- */
    uint64_t cells[IA64_CELLS + IA64_CELL_SLACK];
    uint8_t cell_nat[IA64_CELLS + IA64_CELL_SLACK];     /* 0 or 1 */
    uint64_t rotbuf[IA64_NUM_STACKED + IA64_ROT_ROOM];
    uint8_t rotbuf_nat[IA64_NUM_STACKED + IA64_ROT_ROOM];
    IA64FR frbuf[96 + IA64_ROT_ROOM];

    /* Fields from here on survive reset */
    struct {} end_reset_fields;
    IA64TLB *tlb;
    QEMUTimer *itm_timer;
} CPUIA64State;

/* exc.set: which interruption registers an interruption writes */
#define IA64_EXC_IFA    1
#define IA64_EXC_ITIR   2
#define IA64_EXC_IIM    4
#define IA64_EXC_IHA    8

struct ArchCPU {
    CPUState parent_obj;
    CPUIA64State env;

    /* Properties */
    uint8_t sapic_id;
    uint8_t sapic_eid;
    uint64_t reset_ip;          /* physical address of the first bundle */
    uint64_t itc_freq;          /* Hz */
    uint32_t log_first;         /* interruptions under each new IVA */

    /* For log_first; no part of the machine's state */
    uint64_t logged_iva;
    uint32_t logged;
};

/* What distinguishes the processor models */
typedef struct IA64CPUModel {
    const char *name;
    const char *desc;
    uint8_t family, model, revision;
    uint64_t features;          /* CPUID[4] */
    uint64_t itc_freq;
} IA64CPUModel;

#define IA64_FEAT_LB        (1ull << 0)     /* brl */
#define IA64_FEAT_SD        (1ull << 1)
#define IA64_FEAT_AO        (1ull << 2)     /* ld16, st16, cmp8xchg16 */
#define IA64_FEAT_CLZ       (1ull << 32)
#define IA64_FEAT_MPY4      (1ull << 33)

struct IA64CPUClass {
    CPUClass parent_class;
    DeviceRealize parent_realize;
    ResettablePhases parent_phases;
    const IA64CPUModel *model;
};

#define CPU_RESOLVING_TYPE TYPE_IA64_CPU

static inline unsigned ia64_cpl(CPUIA64State *env)
{
    return FIELD_EX64(env->psr, PSR, CPL);
}

/* PSR with ri of the current instruction, as IPSR and gdb see it */
static inline uint64_t ia64_psr_full(CPUIA64State *env)
{
    return env->psr | ((env->ip & 3) << R_PSR_RI_SHIFT);
}

static inline void cpu_get_tb_cpu_state(CPUIA64State *env, vaddr *pc,
                                        uint64_t *cs_base, uint32_t *flags)
{
    *pc = env->ip;
    *cs_base = 0;
    *flags = env->hflags;
}

#include "exec/cpu-all.h"

static inline const IA64CPUModel *ia64_model(CPUIA64State *env)
{
    return IA64_CPU_GET_CLASS(env_cpu(env))->model;
}

/* cpu.c */
void ia64_rebuild_hflags(CPUIA64State *env);
/* Assembles or sets CFM with its rrb fields (SDM 1:23 layout). */
uint64_t ia64_get_cfm(CPUIA64State *env);
void ia64_set_cfm(CPUIA64State *env, uint64_t cfm);
/* p0..p63 in physical order (mov r = pr); the mask selects what is written */
uint64_t ia64_get_pr(CPUIA64State *env);
void ia64_set_pr(CPUIA64State *env, uint64_t val, uint64_t mask);
IA64FR *ia64_fr(CPUIA64State *env, unsigned n);     /* logical number */
uint64_t *ia64_gr(CPUIA64State *env, unsigned n);   /* logical, n != 0 */
bool ia64_get_gr_nat(CPUIA64State *env, unsigned n);
void ia64_set_gr_nat(CPUIA64State *env, unsigned n, bool nat);
void ia64_switch_bank(CPUIA64State *env);           /* swap r16-r31 */
void ia64_cpu_dump_state(CPUState *cs, FILE *f, int flags);

/* translate.c */
void ia64_translate_init(void);
void ia64_translate_code(CPUState *cs, TranslationBlock *tb, int *max_insns,
                         vaddr pc, void *host_pc);

/* rse.c: see there */
uint64_t ia64_bsp(CPUIA64State *env);
uint64_t ia64_bsp_end(CPUIA64State *env);
/*
 * For debuggers: the register that belongs at @addr of the backing store, NULL
 * if it is stored (or none); and the NaT collection of the 64 words that @addr
 * is in as it would be were all registers stored.  The getter returns false
 * if that word is in memory.
 */
uint64_t *ia64_rse_cell(CPUIA64State *env, uint64_t addr);
bool ia64_rse_get_collection(CPUIA64State *env, uint64_t addr, uint64_t *val);
void ia64_rse_set_collection(CPUIA64State *env, uint64_t addr, uint64_t val);
void ia64_rse_reset(CPUIA64State *env);
void ia64_rse_set_bspstore(CPUIA64State *env, uint64_t val);
void ia64_rse_place(CPUIA64State *env, int dirty);
void ia64_rse_cover(CPUIA64State *env);
/*
 * Returns to a frame: CFM := cfm, BSP moves back by @back registers; loads
 * what is missing.  Faults of the loads are reported with ISR.ir = 1.
 */
void ia64_rse_return(CPUIA64State *env, uint64_t cfm, unsigned back,
                     uintptr_t ra);
void ia64_unrotate(CPUIA64State *env);      /* registers to physical order */
void ia64_rot_enter(CPUIA64State *env);     /* builds the window for CFM.sor */
void ia64_sync_frp(CPUIA64State *env);

/* interruption.c */
/* Raises the interruption @vector; @ra is GETPC() or 0. */
G_NORETURN void ia64_raise(CPUIA64State *env, int vector, uint64_t isr,
                           uintptr_t ra);
/* General Exception with an IA64_GE_* code */
G_NORETURN void ia64_raise_ge(CPUIA64State *env, unsigned code, uintptr_t ra);
void ia64_cpu_do_interrupt(CPUState *cs);
bool ia64_cpu_exec_interrupt(CPUState *cs, int interrupt_request);
void ia64_set_psr(CPUIA64State *env, uint64_t psr);
/*
 * Lower-Privilege Transfer trap after a br.ret with PSR.lp = 1; env->ip is
 * the target, @ra the GETPC() of the br.ret's helper.  Coinciding traps are
 * recorded in ISR (SDM 2:112).
 */
G_NORETURN void ia64_raise_lp_transfer(CPUIA64State *env, uintptr_t ra);

/* mmu.c */
void ia64_tlb_init(CPUIA64State *env);      /* realize */
void ia64_tlb_reset(CPUIA64State *env);
bool ia64_cpu_tlb_fill_align(CPUState *cs, CPUTLBEntryFull *full, vaddr addr,
                             MMUAccessType access_type, int mmu_idx,
                             MemOp memop, int size, bool probe,
                             uintptr_t retaddr);
hwaddr ia64_cpu_get_phys_page_debug(CPUState *cs, vaddr addr);
G_NORETURN void ia64_cpu_do_unaligned_access(CPUState *cs, vaddr addr,
                                             MMUAccessType access_type,
                                             int mmu_idx, uintptr_t retaddr);
void ia64_cpu_do_transaction_failed(CPUState *cs, hwaddr physaddr, vaddr addr,
                                    unsigned size, MMUAccessType access_type,
                                    int mmu_idx, MemTxAttrs attrs,
                                    MemTxResult response, uintptr_t retaddr);
void ia64_dump_tlb(CPUIA64State *env, Monitor *mon);

/* sapic.c: the local SAPIC; the board's door is include/hw/ia64/sapic.h */
void ia64_sapic_init(IA64CPU *cpu);
void ia64_sapic_reset(IA64CPU *cpu);
/* An external interrupt passes TPR and in-service rules (PSR.i aside) */
bool ia64_sapic_pending(CPUIA64State *env);
uint64_t ia64_get_itc(CPUIA64State *env);
bool ia64_cpu_has_work(CPUState *cs);

/* gdbstub.c, machine.c, disas.c */
#define IA64_GDB_NUM_REGS 462
int ia64_cpu_gdb_read_register(CPUState *cs, GByteArray *buf, int reg);
int ia64_cpu_gdb_write_register(CPUState *cs, uint8_t *buf, int reg);
int ia64_cpu_memory_rw_debug(CPUState *cs, vaddr addr, uint8_t *buf,
                             size_t len, bool is_write);
void ia64_cpu_disas_set_info(CPUState *cs, disassemble_info *info);
extern const VMStateDescription vmstate_ia64_cpu;

#endif /* IA64_CPU_H */
