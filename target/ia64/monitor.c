/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Itanium monitor commands
 */

#include "qemu/osdep.h"
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
