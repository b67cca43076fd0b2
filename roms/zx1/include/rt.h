/*
 * zx1 firmware: the runtime image, and what the boot image sees of it
 *
 * The runtime image is PAL, SAL and the EFI runtime services.  It is linked
 * at FW_PAL_BASE and FW_RT_BASE, runs there physically, and anywhere else
 * once an operating system has mapped it: code and data keep their distance,
 * nothing in it holds an absolute address but the tables that
 * SetVirtualAddressMap() converts.  Registers of the board are accessed with
 * data translation switched off, so that no mapping of them is needed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ZX1_RT_H
#define ZX1_RT_H

#include "efi.h"
#include "hw/ia64/zx1-fw.h"
#include "layout.h"

struct fdesc {
    UINT64 ip, gp;
};

#define RT_MAX_CONFIG_TABLES    32
#define RT_MAX_VIRTUAL_NOTIFY   16

struct rt_notify {
    EFI_EVENT_NOTIFY fn;
    EFI_EVENT event;
    void *context;
};

/*
 * A driver that stays (EFI_IMAGE_SUBSYSTEM_EFI_RUNTIME_DRIVER), and where its
 * base relocations are. @value is what stood there when it was loaded: what
 * the driver has changed since, it converts itself.
 */
#define RT_MAX_IMAGES           16

struct rt_fixup {
    UINT32 rva, type;           /* PE_FIXUP_* */
    UINT64 value;
};

struct rt_image {
    UINT64 base;
    UINT64 nr;
    struct rt_fixup *fixup;     /* runtime services data */
};

/* Floating-point software assistance: a protocol, and a boot parameter */
struct fpswa_interface {
    UINT32 revision;
    UINT32 reserved;
    struct fdesc *entry;
};

/* Services, in the order of EFI_RUNTIME_SERVICES; then FPSWA's entry */
#define RT_NR_SERVICES          11
#define RT_NR_FDESC             12

/* What the boot image tells the runtime image */
struct rt_info {
    UINT64 itc_hz;
    UINT64 bus_hz;
    UINT64 vars_base, vars_size;
    UINT32 nr_roots;
    UINT32 nr_cpus;
    UINT32 vars_ok;             /* filled by rt_init(): the store works */
    struct zx1_fw_root root[ZX1_ROPES];
    /* Called by SetVirtualAddressMap() */
    UINT32 nr_notify;
    struct rt_notify notify[RT_MAX_VIRTUAL_NOTIFY];
    UINT32 nr_images;
    struct rt_image image[RT_MAX_IMAGES];
};

/* SAL's own entries, linked together in rt/head.S at FW_RT_BASE */
#define RT_MAGIC        0x545234363149585aUL

struct rt_head {
    UINT64 magic;
    EFI_SYSTEM_TABLE *system_table;
    EFI_RUNTIME_SERVICES *runtime_services;
    EFI_CONFIGURATION_TABLE *config_tables;     /* RT_MAX_CONFIG_TABLES */
    CHAR16 *vendor;
    struct rt_info *info;
    void *sst;                  /* SAL system table, built by rt_init() */
    struct fdesc *pal_proc;
    struct fdesc *sal_proc;
    void (*init)(void);         /* descriptor: call after filling info */
    struct sal_cpu *cpu;        /* by local SAPIC id */
    UINT64 ap_entry;            /* where woken processors start, physical */
    struct fpswa_interface *fpswa;
};

#define RT_HEAD ((struct rt_head *)FW_RT_BASE)

/* State of a processor in SAL's hands */
struct sal_cpu {
    UINT64 state;               /* SAL_CPU_* */
    UINT64 work_ip, work_gp, work_arg;  /* firmware's own jobs */
    UINT64 counter;
};

#define SAL_CPU_ABSENT  0
#define SAL_CPU_IDLE    1       /* in the rendezvous loop */
#define SAL_CPU_WORK    2       /* runs a job of the firmware */
#define SAL_CPU_OS      3       /* handed to the operating system */

#define SAL_MAX_CPUS    256

/* SAL return values: r8-r11 */
struct sal_ret {
    INT64 status;
    UINT64 v[3];
};

typedef struct sal_ret (*sal_proc_t)(UINT64 index, UINT64 a1, UINT64 a2,
                                     UINT64 a3, UINT64 a4, UINT64 a5,
                                     UINT64 a6, UINT64 a7);

#define SAL_SET_VECTORS             0x01000000
#define SAL_GET_STATE_INFO          0x01000001
#define SAL_GET_STATE_INFO_SIZE     0x01000002
#define SAL_CLEAR_STATE_INFO        0x01000003
#define SAL_MC_RENDEZ               0x01000004
#define SAL_MC_SET_PARAMS           0x01000005
#define SAL_REGISTER_PHYSICAL_ADDR  0x01000006
#define SAL_CACHE_FLUSH             0x01000008
#define SAL_CACHE_INIT              0x01000009
#define SAL_PCI_CONFIG_READ         0x01000010
#define SAL_PCI_CONFIG_WRITE        0x01000011
#define SAL_FREQ_BASE               0x01000012
#define SAL_PHYSICAL_ID_INFO        0x01000013
#define SAL_UPDATE_PAL              0x01000020

/* Registers of an ioa about errors */
#define LBA_ERROR_ADDRESS   0x070       /* bit 62: configuration space */
#define LBA_ERROR_CONFIG    (1UL << 62)
#define LBA_CONTROL         0x108
#define LBA_CONTROL_CLEAR   (1UL << 4)
#define LBA_CONTROL_ENABLE  (1UL << 5)  /* to clear, by the next store */
#define LBA_ERROR_STATUS    0x688
#define LBA_ERROR_CODE      0x1f

#define SAL_OK          0
#define SAL_UNIMPL      (-1)
#define SAL_EINVAL      (-2)
#define SAL_ERROR       (-3)
#define SAL_NOINFO      (-5)

#ifdef FW_RUNTIME
/* rt/phys.S: @addr physical, any mode; interrupts are held off meanwhile */
UINT8 phys_read8(UINT64 addr);
UINT16 phys_read16(UINT64 addr);
UINT32 phys_read32(UINT64 addr);
UINT64 phys_read64(UINT64 addr);
void phys_write8(UINT64 addr, UINT8 v);
void phys_write16(UINT64 addr, UINT16 v);
void phys_write32(UINT64 addr, UINT32 v);
void phys_write64(UINT64 addr, UINT64 v);
/* For the log of first-contact=: a ZX1_REPORT_*, and its 56 bits */
void rt_report(unsigned kind, UINT64 value);
/* PSR before; interrupts off */
UINT64 rt_irq_save(void);
void rt_irq_restore(UINT64 psr);
void rt_halt(void);
bool rt_is_virtual(void);               /* PSR.dt */

extern CHAR16 rt_vendor[];
extern struct rt_info rt_info;
extern EFI_SYSTEM_TABLE rt_system_table;
extern EFI_RUNTIME_SERVICES rt_services;
extern EFI_CONFIGURATION_TABLE rt_config_tables[RT_MAX_CONFIG_TABLES];
extern UINT8 rt_sst[];
extern struct fdesc rt_fdesc[];         /* rt/head.S: services in order */
extern struct fdesc sal_proc_fdesc, pal_proc_fdesc;
extern UINT64 pal_info[], pal_min_state[];
extern char pal_entries[];
extern struct sal_cpu sal_cpus[SAL_MAX_CPUS];

void *memcpy(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
void *memmove(void *dst, const void *src, size_t n);
int memcmp(const void *a, const void *b, size_t n);
UINT32 rt_crc32(const void *data, size_t n);

/* rt/init.c, in the order of EFI_RUNTIME_SERVICES */
void rt_init(void);
/* rt/phys.S: calls out of the image, through a descriptor */
void rt_call_fdesc(void *fn, void *a, void *b);
EFI_STATUS rt_get_time(EFI_TIME *time, EFI_TIME_CAPABILITIES *cap);
EFI_STATUS rt_set_time(EFI_TIME *time);
EFI_STATUS rt_get_wakeup_time(BOOLEAN *enabled, BOOLEAN *pending,
                              EFI_TIME *time);
EFI_STATUS rt_set_wakeup_time(BOOLEAN enable, EFI_TIME *time);
EFI_STATUS rt_set_virtual_address_map(UINTN map_size, UINTN desc_size,
                                      UINT32 desc_version,
                                      EFI_MEMORY_DESCRIPTOR *map);
EFI_STATUS rt_convert_pointer(UINTN disposition, void **address);
EFI_STATUS rt_get_variable(CHAR16 *name, EFI_GUID *guid, UINT32 *attributes,
                           UINTN *size, void *data);
EFI_STATUS rt_get_next_variable_name(UINTN *size, CHAR16 *name,
                                     EFI_GUID *guid);
EFI_STATUS rt_set_variable(CHAR16 *name, EFI_GUID *guid, UINT32 attributes,
                           UINTN size, void *data);
EFI_STATUS rt_get_next_high_monotonic_count(UINT32 *count);
void rt_reset_system(EFI_RESET_TYPE type, EFI_STATUS status, UINTN size,
                     CHAR16 *data);
void rt_vars_init(void);

/* rt/fpswa.c */
struct sal_ret fpswa(UINT64 fault, void *bundle, UINT64 *ipsr, UINT64 *fpsr,
                     UINT64 *isr, UINT64 *pr, UINT64 *ifs, void *state);
extern struct fpswa_interface rt_fpswa;

/* sal/record.c: error records; @type 0 MCA, 1 INIT, 2 CMC, 3 CPE */
struct sal_ret sal_get_state_info(UINT64 type, void *buf);
struct sal_ret sal_clear_state_info(UINT64 type);
/* Those of before the reset are still there, but their time is not known */
void sal_keep_records(void);
#define SAL_RECORD_MAX  8192

/* sal/sal.c */
struct sal_ret sal_proc(UINT64 index, UINT64 a1, UINT64 a2, UINT64 a3,
                        UINT64 a4, UINT64 a5, UINT64 a6, UINT64 a7);
void sal_build_table(void);
void sal_register_min_state(void);
#endif

#endif /* ZX1_RT_H */
