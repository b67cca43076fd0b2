/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium monitor commands
 */

#include "qemu/osdep.h"
#include "qemu/ctype.h"
#include "qemu/cutils.h"
#include "cpu.h"
#include "monitor/hmp-target.h"
#include "monitor/monitor.h"
#include "qapi/qapi-commands-machine-target.h"

static void add_definition(gpointer data, gpointer user_data)
{
    CpuDefinitionInfoList **list = user_data;
    const char *type = object_class_get_name(data);
    CpuDefinitionInfo *info = g_new0(CpuDefinitionInfo, 1);

    info->name = g_strndup(type, strlen(type) - strlen(IA64_CPU_TYPE_SUFFIX));
    info->q_typename = g_strdup(type);
    QAPI_LIST_PREPEND(*list, info);
}

CpuDefinitionInfoList *qmp_query_cpu_definitions(Error **errp)
{
    CpuDefinitionInfoList *list = NULL;
    GSList *types = object_class_get_list(TYPE_IA64_CPU, false);

    g_slist_foreach(types, add_definition, &list);
    g_slist_free(types);
    return list;
}

/* info tlb: of the processor that the monitor looks at */
void hmp_info_tlb(Monitor *mon, const QDict *qdict)
{
    CPUArchState *env = mon_get_cpu_env(mon);

    if (!env) {
        monitor_printf(mon, "No CPU available\n");
        return;
    }
    ia64_dump_tlb(env, mon);
}

/* Registers as "info registers" names them are found by name, below */
const MonitorDef *target_monitor_defs(void)
{
    static const MonitorDef none[] = { { NULL } };

    return none;
}

/* The number in a @name like r12, if it starts with @letter; -1 otherwise */
static int register_number(const char *name, char letter, unsigned count)
{
    unsigned n;

    if (name[0] != letter || !qemu_isdigit(name[1]) ||
        qemu_strtoui(name + 1, NULL, 10, &n) || n >= count) {
        return -1;
    }
    return n;
}

/*
 * $NAME in an address of the monitor, as in "x/4i $pc". Stacked registers
 * are there as far as the frame reaches. Returns 0, or -1 for an unknown name.
 */
int target_get_monitor_def(CPUState *cs, const char *name, uint64_t *pval)
{
    CPUIA64State *env = cpu_env(cs);
    const struct {
        const char *name;
        uint64_t val;
    } regs[] = {
        { "pc", env->ip }, { "ip", env->ip }, { "psr", ia64_psr_full(env) },
        { "pr", ia64_get_pr(env) }, { "cfm", ia64_get_cfm(env) },
        { "pfs", env->pfs }, { "bsp", ia64_bsp(env) },
        { "bspstore", env->bspstore },
        { "gp", *ia64_gr(env, 1) }, { "sp", *ia64_gr(env, 12) },
        { "iip", env->cr_iip }, { "ifa", env->cr_ifa },
        { "iipa", env->cr_iipa }, { "iha", env->cr_iha },
        { "iva", env->cr_iva }, { "pta", env->cr_pta },
    };
    int n;

    for (int i = 0; i < ARRAY_SIZE(regs); i++) {
        if (g_str_equal(name, regs[i].name)) {
            *pval = regs[i].val;
            return 0;
        }
    }
    n = register_number(name, 'b', ARRAY_SIZE(env->br));
    if (n >= 0) {
        *pval = env->br[n];
        return 0;
    }
    n = register_number(name, 'r', 32 + FIELD_EX64(env->cfm, CFM, SOF));
    if (n >= 0) {
        *pval = n ? *ia64_gr(env, n) : 0;
        return 0;
    }
    return -1;
}
