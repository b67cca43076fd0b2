/*
 * Runtime image: what the boot image finds at FW_RT_BASE, and the function
 * descriptors that operating systems call through
 *
 * The descriptors stand together: SetVirtualAddressMap() converts them all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "layout.h"

        .section .rt.head, "aw", @progbits
        .align  16
        data8   0x545234363149585a
        data8   rt_system_table
        data8   rt_services
        data8   rt_config_tables
        data8   rt_vendor
        data8   rt_info
        data8   rt_sst
        data8   pal_proc_fdesc
        data8   sal_proc_fdesc
        data8   init_fdesc
        data8   sal_cpus
        data8   sal_ap_entry
        data8   rt_fpswa

        .macro  fdesc fn
        data8   \fn, __gp
        .endm

        .align  16
        .global rt_fdesc
rt_fdesc:
        fdesc   rt_get_time
        fdesc   rt_set_time
        fdesc   rt_get_wakeup_time
        fdesc   rt_set_wakeup_time
        fdesc   rt_set_virtual_address_map
        fdesc   rt_convert_pointer
        fdesc   rt_get_variable
        fdesc   rt_get_next_variable_name
        fdesc   rt_set_variable
        fdesc   rt_get_next_high_monotonic_count
        fdesc   rt_reset_system
        fdesc   fpswa

        // FPSWA interface: revision 1.18, as HP's; entry
        .global rt_fpswa
rt_fpswa:
        data4   0x00010012, 0
        data8   rt_fdesc + 11 * 16

        // These keep physical addresses
        .global sal_proc_fdesc, pal_proc_fdesc
sal_proc_fdesc:
        fdesc   sal_proc
pal_proc_fdesc:
        fdesc   pal_proc
init_fdesc:
        fdesc   rt_init
