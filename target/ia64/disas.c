/*
 * IA-64 disassembler: the hook for logs, monitor and plugins
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "cpu.h"
#include "disas/dis-asm.h"
#include "exec/target_page.h"
#include "exec/translator.h"
#include "disas-insn.h"

/*
 * A block may start or end inside a bundle, but an instruction can only be
 * told from the whole bundle.  The base refuses reads outside the block, so
 * take what is missing from the page that the block was translated from.
 * Only the log of translated blocks and the plugins set application_data.
 */
static bool read_block_bundle(disassemble_info *info, uint64_t ip, void *buf)
{
    const DisasContextBase *db = info->application_data;
    uint64_t page0, page1;

    if (!db) {
        return false;
    }
    page0 = db->pc_first & TARGET_PAGE_MASK;
    page1 = page0 + TARGET_PAGE_SIZE;
    if ((ip & TARGET_PAGE_MASK) == page0 && db->host_addr[0]) {
        memcpy(buf, db->host_addr[0] - (db->pc_first - ip), 16);
        return true;
    }
    if ((ip & TARGET_PAGE_MASK) == page1 && db->host_addr[1]) {
        memcpy(buf, db->host_addr[1] + (ip - page1), 16);
        return true;
    }
    return false;
}

/* @pc is IP | slot; so are the pcs that the returned length leads to */
static int ia64_print_insn(bfd_vma pc, disassemble_info *info)
{
    uint64_t ip = pc & ~15ULL;
    unsigned slot = pc & 15;
    uint64_t raw[2], bundle[2];
    char text[128];
    unsigned len;
    int status;

    status = info->read_memory_func(ip, (bfd_byte *)raw, sizeof(raw), info);
    if (status != 0 && !read_block_bundle(info, ip, raw)) {
        info->memory_error_func(status, ip, info);
        return -1;
    }
    bundle[0] = le64_to_cpu(raw[0]);
    bundle[1] = le64_to_cpu(raw[1]);

    /* Only a wrong address in the monitor has a slot above 2 */
    len = ia64_disas_insn(bundle, ip, MIN(slot, 2), text, sizeof(text));
    info->fprintf_func(info->stream, "%s", text);
    return slot > 2 ? 16 - slot : len;
}

void ia64_cpu_disas_set_info(CPUState *cs, disassemble_info *info)
{
    info->endian = BFD_ENDIAN_LITTLE;
    info->print_insn = ia64_print_insn;
}
