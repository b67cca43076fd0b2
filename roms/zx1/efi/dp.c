/*
 * Device paths: building
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

static const EFI_DEVICE_PATH_PROTOCOL end_node = {
    END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, { 4, 0 }
};

/* A path may come from a disk or NVRAM: its nodes are not trusted */
UINTN dp_size(const EFI_DEVICE_PATH_PROTOCOL *dp)
{
    const UINT8 *start = (const UINT8 *)dp;

    if (!dp) {
        return 0;
    }
    while (!IsDevicePathEnd(dp) && DevicePathNodeLength(dp) >= 4) {
        dp = NextDevicePathNode(dp);
    }
    return (const UINT8 *)dp - start + sizeof(*dp);
}

EFI_DEVICE_PATH_PROTOCOL *dp_append(const EFI_DEVICE_PATH_PROTOCOL *dp,
                                    const void *node)
{
    UINTN head = dp ? dp_size(dp) - sizeof(*dp) : 0;
    UINTN len = node ? DevicePathNodeLength(node) : 0;
    UINT8 *p = fw_alloc(head + len + sizeof(end_node));

    if (!p) {
        return NULL;
    }
    memcpy(p, dp, head);
    memcpy(p + head, node, len);
    memcpy(p + head + len, &end_node, sizeof(end_node));
    return (EFI_DEVICE_PATH_PROTOCOL *)p;
}

EFI_DEVICE_PATH_PROTOCOL *dp_append_path(const EFI_DEVICE_PATH_PROTOCOL *dp,
                                         const EFI_DEVICE_PATH_PROTOCOL *tail)
{
    UINTN head = dp ? dp_size(dp) - sizeof(*dp) : 0, len;
    UINT8 *p;

    if (!tail) {
        return dp_append(dp, NULL);
    }
    len = dp_size(tail);
    p = fw_alloc(head + len);
    if (!p) {
        return NULL;
    }
    memcpy(p, dp, head);
    memcpy(p + head, tail, len);
    return (EFI_DEVICE_PATH_PROTOCOL *)p;
}

EFI_DEVICE_PATH_PROTOCOL *dp_file(const CHAR16 *name)
{
    UINTN len = sizeof(EFI_DEVICE_PATH_PROTOCOL) + str16size(name);
    FILEPATH_DEVICE_PATH *f;

    if (len > 0xffff) {
        return NULL;
    }
    f = fw_alloc(len + sizeof(end_node));
    if (!f) {
        return NULL;
    }
    f->Header.Type = MEDIA_DEVICE_PATH;
    f->Header.SubType = MEDIA_FILEPATH_DP;
    SetDevicePathNodeLength(f, len);
    memcpy(f->PathName, name, str16size(name));
    memcpy((UINT8 *)f + len, &end_node, sizeof(end_node));
    return &f->Header;
}
