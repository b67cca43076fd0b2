/*
 * EFI protocol database and driver model
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define HANDLE_MAGIC 0x6c646e68

struct open_info {
    struct list list;
    EFI_OPEN_PROTOCOL_INFORMATION_ENTRY e;
};

struct protocol {
    struct list list;
    EFI_GUID guid;
    void *iface;
    struct list opens;
    UINT64 sequence;            /* of installation, for notifications */
};

struct handle {
    struct list list;
    UINT32 magic;
    struct list protocols;
};

struct notify {
    struct list list;
    EFI_GUID guid;
    EFI_EVENT event;
    UINT64 seen;                /* last sequence number it was told */
};

static struct list handles = LIST_INIT(handles);
static struct list notifies = LIST_INIT(notifies);
static UINT64 sequence;

static struct handle *to_handle(EFI_HANDLE h)
{
    struct list *l;

    list_for_each(l, &handles) {
        struct handle *p = container_of(l, struct handle, list);

        if (p == h) {
            return p;
        }
    }
    return NULL;
}

static struct protocol *get_protocol(struct handle *h, const EFI_GUID *guid)
{
    struct list *l;

    list_for_each(l, &h->protocols) {
        struct protocol *p = container_of(l, struct protocol, list);

        if (guid_eq(&p->guid, guid)) {
            return p;
        }
    }
    return NULL;
}

static void tell(const EFI_GUID *guid)
{
    struct list *l, *n;

    list_for_each_safe(l, n, &notifies) {
        struct notify *nf = container_of(l, struct notify, list);

        if (guid_eq(&nf->guid, guid)) {
            event_signal(nf->event);
        }
    }
}

EFI_STATUS handle_install(EFI_HANDLE *handle, const EFI_GUID *guid,
                          EFI_INTERFACE_TYPE type, void *iface)
{
    struct protocol *p;
    struct handle *h;

    if (!handle || !guid || type != EFI_NATIVE_INTERFACE) {
        return EFI_INVALID_PARAMETER;
    }
    if (*handle) {
        h = to_handle(*handle);
        if (!h || get_protocol(h, guid)) {
            return EFI_INVALID_PARAMETER;
        }
    } else {
        h = fw_zalloc(sizeof(*h));
        if (!h) {
            return EFI_OUT_OF_RESOURCES;
        }
        h->magic = HANDLE_MAGIC;
        list_init(&h->protocols);
    }
    p = fw_zalloc(sizeof(*p));
    if (!p) {
        if (!*handle) {
            fw_free(h);
        }
        return EFI_OUT_OF_RESOURCES;
    }
    p->guid = *guid;
    p->iface = iface;
    p->sequence = ++sequence;
    list_init(&p->opens);
    list_add_tail(&h->protocols, &p->list);
    if (!*handle) {
        list_add_tail(&handles, &h->list);
        *handle = h;
    }
    tell(guid);
    return EFI_SUCCESS;
}

static EFI_STATUS disconnect(EFI_HANDLE controller, EFI_HANDLE driver,
                             EFI_HANDLE child);

static void free_opens(struct protocol *p)
{
    struct list *l, *n;

    list_for_each_safe(l, n, &p->opens) {
        list_del(l);
        fw_free(container_of(l, struct open_info, list));
    }
}

EFI_STATUS handle_uninstall(EFI_HANDLE handle, const EFI_GUID *guid,
                            void *iface)
{
    struct handle *h = to_handle(handle);
    struct protocol *p;
    struct list *l, *n;

    if (!h || !guid) {
        return EFI_INVALID_PARAMETER;
    }
    p = get_protocol(h, guid);
    if (!p || p->iface != iface) {
        return EFI_NOT_FOUND;
    }
    /* Drivers that use it let go first */
again:
    list_for_each_safe(l, n, &p->opens) {
        struct open_info *o = container_of(l, struct open_info, list);

        if (o->e.Attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) {
            if (EFI_ERROR(disconnect(handle, o->e.AgentHandle, NULL))) {
                return EFI_ACCESS_DENIED;
            }
            goto again;
        }
        if (o->e.Attributes & EFI_OPEN_PROTOCOL_EXCLUSIVE) {
            return EFI_ACCESS_DENIED;
        }
    }
    free_opens(p);
    list_del(&p->list);
    fw_free(p);
    if (list_empty(&h->protocols)) {
        list_del(&h->list);
        h->magic = 0;
        fw_free(h);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS bs_install(EFI_HANDLE *handle, EFI_GUID *guid,
                             EFI_INTERFACE_TYPE type, VOID *iface)
{
    return handle_install(handle, guid, type, iface);
}

static EFI_STATUS bs_uninstall(EFI_HANDLE handle, EFI_GUID *guid,
                               VOID *iface)
{
    return handle_uninstall(handle, guid, iface);
}

static EFI_STATUS bs_reinstall(EFI_HANDLE handle, EFI_GUID *guid, VOID *old,
                               VOID *new)
{
    struct handle *h = to_handle(handle);
    struct protocol *p;

    if (!h || !guid) {
        return EFI_INVALID_PARAMETER;
    }
    p = get_protocol(h, guid);
    if (!p || p->iface != old) {
        return EFI_NOT_FOUND;
    }
    p->iface = new;
    p->sequence = ++sequence;
    tell(guid);
    gBS->ConnectController(handle, NULL, NULL, TRUE);
    return EFI_SUCCESS;
}

static EFI_STATUS bs_open(EFI_HANDLE handle, EFI_GUID *guid, VOID **iface,
                          EFI_HANDLE agent, EFI_HANDLE controller,
                          UINT32 attributes)
{
    struct handle *h = to_handle(handle);
    struct open_info *o;
    struct protocol *p;
    struct list *l;

    if (!h || !guid ||
        (!iface && attributes != EFI_OPEN_PROTOCOL_TEST_PROTOCOL)) {
        return EFI_INVALID_PARAMETER;
    }
    p = get_protocol(h, guid);
    if (!p) {
        if (iface) {
            *iface = NULL;
        }
        return EFI_UNSUPPORTED;
    }
    switch (attributes) {
    case EFI_OPEN_PROTOCOL_TEST_PROTOCOL:
        return EFI_SUCCESS;
    case EFI_OPEN_PROTOCOL_BY_HANDLE_PROTOCOL:
    case EFI_OPEN_PROTOCOL_GET_PROTOCOL:
        *iface = p->iface;
        return EFI_SUCCESS;
    case EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER:
    case EFI_OPEN_PROTOCOL_BY_DRIVER:
    case EFI_OPEN_PROTOCOL_EXCLUSIVE:
    case EFI_OPEN_PROTOCOL_BY_DRIVER | EFI_OPEN_PROTOCOL_EXCLUSIVE:
        break;
    default:
        return EFI_INVALID_PARAMETER;
    }
    if (!agent) {
        return EFI_INVALID_PARAMETER;
    }
again:
    list_for_each(l, &p->opens) {
        o = container_of(l, struct open_info, list);
        if (o->e.AgentHandle == agent && o->e.Attributes == attributes &&
            o->e.ControllerHandle == controller) {
            if (attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) {
                *iface = p->iface;
                return EFI_ALREADY_STARTED;
            }
            o->e.OpenCount++;
            *iface = p->iface;
            return EFI_SUCCESS;
        }
        if (attributes == EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER) {
            continue;
        }
        if (o->e.Attributes & EFI_OPEN_PROTOCOL_EXCLUSIVE) {
            return EFI_ACCESS_DENIED;
        }
        if (o->e.Attributes & EFI_OPEN_PROTOCOL_BY_DRIVER) {
            if (!(attributes & EFI_OPEN_PROTOCOL_EXCLUSIVE) ||
                EFI_ERROR(disconnect(handle, o->e.AgentHandle, NULL))) {
                return EFI_ACCESS_DENIED;
            }
            goto again;
        }
    }
    o = fw_zalloc(sizeof(*o));
    if (!o) {
        return EFI_OUT_OF_RESOURCES;
    }
    o->e.AgentHandle = agent;
    o->e.ControllerHandle = controller;
    o->e.Attributes = attributes;
    o->e.OpenCount = 1;
    list_add_tail(&p->opens, &o->list);
    *iface = p->iface;
    return EFI_SUCCESS;
}

static EFI_STATUS bs_close(EFI_HANDLE handle, EFI_GUID *guid,
                           EFI_HANDLE agent, EFI_HANDLE controller)
{
    struct handle *h = to_handle(handle);
    EFI_STATUS s = EFI_NOT_FOUND;
    struct protocol *p;
    struct list *l, *n;

    if (!h || !guid || !agent) {
        return EFI_INVALID_PARAMETER;
    }
    p = get_protocol(h, guid);
    if (!p) {
        return EFI_NOT_FOUND;
    }
    list_for_each_safe(l, n, &p->opens) {
        struct open_info *o = container_of(l, struct open_info, list);

        if (o->e.AgentHandle == agent &&
            o->e.ControllerHandle == controller) {
            list_del(l);
            fw_free(o);
            s = EFI_SUCCESS;
        }
    }
    return s;
}

void handle_close_agent(EFI_HANDLE agent)
{
    struct list *hl, *pl, *l, *n;

    list_for_each(hl, &handles) {
        struct handle *h = container_of(hl, struct handle, list);

        list_for_each(pl, &h->protocols) {
            struct protocol *p = container_of(pl, struct protocol, list);

            list_for_each_safe(l, n, &p->opens) {
                struct open_info *o = container_of(l, struct open_info,
                                                   list);

                if (o->e.AgentHandle == agent) {
                    list_del(l);
                    fw_free(o);
                }
            }
        }
    }
}

static EFI_STATUS bs_open_info(EFI_HANDLE handle, EFI_GUID *guid,
                               EFI_OPEN_PROTOCOL_INFORMATION_ENTRY **buf,
                               UINTN *count)
{
    struct handle *h = to_handle(handle);
    struct protocol *p;
    struct list *l;
    UINTN n = 0;

    if (!h || !guid || !buf || !count) {
        return EFI_INVALID_PARAMETER;
    }
    p = get_protocol(h, guid);
    if (!p) {
        return EFI_NOT_FOUND;
    }
    list_for_each(l, &p->opens) {
        n++;
    }
    *buf = fw_alloc((n ? n : 1) * sizeof(**buf));
    if (!*buf) {
        return EFI_OUT_OF_RESOURCES;
    }
    *count = n;
    n = 0;
    list_for_each(l, &p->opens) {
        (*buf)[n++] = container_of(l, struct open_info, list)->e;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS bs_handle_protocol(EFI_HANDLE handle, EFI_GUID *guid,
                                     VOID **iface)
{
    return bs_open(handle, guid, iface, gImageHandle, NULL,
                   EFI_OPEN_PROTOCOL_BY_HANDLE_PROTOCOL);
}

static EFI_STATUS bs_register_notify(EFI_GUID *guid, EFI_EVENT event,
                                     VOID **registration)
{
    struct notify *n;

    if (!guid || !event || !registration) {
        return EFI_INVALID_PARAMETER;
    }
    n = fw_zalloc(sizeof(*n));
    if (!n) {
        return EFI_OUT_OF_RESOURCES;
    }
    n->guid = *guid;
    n->event = event;
    n->seen = sequence;
    list_add_tail(&notifies, &n->list);
    *registration = n;
    return EFI_SUCCESS;
}

static struct notify *to_notify(void *key)
{
    struct list *l;

    list_for_each(l, &notifies) {
        struct notify *n = container_of(l, struct notify, list);

        if (n == key) {
            return n;
        }
    }
    return NULL;
}

/*
 * First installation of the notification's protocol that it has not been
 * told of yet
 */
static struct protocol *next_notified(struct notify *n, struct handle **ph)
{
    struct protocol *best = NULL, *p;
    struct list *l;

    list_for_each(l, &handles) {
        struct handle *h = container_of(l, struct handle, list);

        p = get_protocol(h, &n->guid);
        if (p && p->sequence > n->seen &&
            (!best || p->sequence < best->sequence)) {
            best = p;
            *ph = h;
        }
    }
    if (best) {
        n->seen = best->sequence;
    }
    return best;
}

/* Fills @buf if it is not NULL; returns the number of handles */
static UINTN search(EFI_LOCATE_SEARCH_TYPE type, const EFI_GUID *guid,
                    EFI_HANDLE *buf)
{
    struct list *l;
    UINTN n = 0;

    list_for_each(l, &handles) {
        struct handle *h = container_of(l, struct handle, list);

        if (type == AllHandles || get_protocol(h, guid)) {
            if (buf) {
                buf[n] = h;
            }
            n++;
        }
    }
    return n;
}

static EFI_STATUS bs_locate_handle(EFI_LOCATE_SEARCH_TYPE type,
                                   EFI_GUID *guid, VOID *key, UINTN *size,
                                   EFI_HANDLE *buf)
{
    struct handle *h = NULL;
    struct notify *nf;
    UINTN n;

    if (!size || type > ByProtocol || (type == ByProtocol && !guid)) {
        return EFI_INVALID_PARAMETER;
    }
    if (type == ByRegisterNotify) {
        nf = to_notify(key);
        if (!nf) {
            return EFI_INVALID_PARAMETER;
        }
        if (*size < sizeof(EFI_HANDLE) || !buf) {
            *size = sizeof(EFI_HANDLE);
            return EFI_BUFFER_TOO_SMALL;
        }
        if (!next_notified(nf, &h)) {
            return EFI_NOT_FOUND;
        }
        *size = sizeof(EFI_HANDLE);
        *buf = h;
        return EFI_SUCCESS;
    }
    n = search(type, guid, NULL);
    if (!n) {
        return EFI_NOT_FOUND;
    }
    if (*size < n * sizeof(EFI_HANDLE) || !buf) {
        *size = n * sizeof(EFI_HANDLE);
        return EFI_BUFFER_TOO_SMALL;
    }
    *size = n * sizeof(EFI_HANDLE);
    search(type, guid, buf);
    return EFI_SUCCESS;
}

static EFI_STATUS bs_locate_handle_buffer(EFI_LOCATE_SEARCH_TYPE type,
                                          EFI_GUID *guid, VOID *key,
                                          UINTN *count, EFI_HANDLE **buf)
{
    UINTN size = sizeof(EFI_HANDLE);
    EFI_STATUS s;

    if (!count || !buf) {
        return EFI_INVALID_PARAMETER;
    }
    *count = 0;
    *buf = NULL;
    if (type != ByRegisterNotify) {
        if (type > ByProtocol || (type == ByProtocol && !guid)) {
            return EFI_INVALID_PARAMETER;
        }
        size = search(type, guid, NULL) * sizeof(EFI_HANDLE);
        if (!size) {
            return EFI_NOT_FOUND;
        }
    }
    *buf = fw_alloc(size);
    if (!*buf) {
        return EFI_OUT_OF_RESOURCES;
    }
    s = bs_locate_handle(type, guid, key, &size, *buf);
    if (EFI_ERROR(s)) {
        fw_free(*buf);
        *buf = NULL;
        return s;
    }
    *count = size / sizeof(EFI_HANDLE);
    return EFI_SUCCESS;
}

static EFI_STATUS bs_locate_protocol(EFI_GUID *guid, VOID *registration,
                                     VOID **iface)
{
    struct protocol *p;
    struct notify *nf;
    struct handle *h;
    struct list *l;

    if (!iface || (!guid && !registration)) {
        return EFI_INVALID_PARAMETER;
    }
    *iface = NULL;
    if (registration) {
        nf = to_notify(registration);
        p = nf ? next_notified(nf, &h) : NULL;
        if (!p) {
            return nf ? EFI_NOT_FOUND : EFI_INVALID_PARAMETER;
        }
        *iface = p->iface;
        return EFI_SUCCESS;
    }
    list_for_each(l, &handles) {
        p = get_protocol(container_of(l, struct handle, list), guid);
        if (p) {
            *iface = p->iface;
            return EFI_SUCCESS;
        }
    }
    return EFI_NOT_FOUND;
}

static EFI_STATUS bs_locate_device_path(EFI_GUID *guid,
                                        EFI_DEVICE_PATH_PROTOCOL **path,
                                        EFI_HANDLE *device)
{
    UINTN best = 0, want, len;
    EFI_HANDLE found = NULL;
    struct list *l;

    if (!guid || !path || !*path || !device) {
        return EFI_INVALID_PARAMETER;
    }
    want = dp_size(*path) - sizeof(EFI_DEVICE_PATH_PROTOCOL);
    list_for_each(l, &handles) {
        struct handle *h = container_of(l, struct handle, list);
        struct protocol *p = get_protocol(h, &gEfiDevicePathProtocolGuid);

        if (!p || !get_protocol(h, guid)) {
            continue;
        }
        len = dp_size(p->iface) - sizeof(EFI_DEVICE_PATH_PROTOCOL);
        if (len <= want && (len > best || (!found && !len)) &&
            !memcmp(p->iface, *path, len)) {
            best = len;
            found = h;
        }
    }
    if (!found) {
        return EFI_NOT_FOUND;
    }
    *device = found;
    *path = (EFI_DEVICE_PATH_PROTOCOL *)((UINT8 *)*path + best);
    return EFI_SUCCESS;
}

static EFI_STATUS bs_protocols_per_handle(EFI_HANDLE handle, EFI_GUID ***buf,
                                          UINTN *count)
{
    struct handle *h = to_handle(handle);
    struct list *l;
    UINTN n = 0;

    if (!h || !buf || !count) {
        return EFI_INVALID_PARAMETER;
    }
    list_for_each(l, &h->protocols) {
        n++;
    }
    *buf = fw_alloc((n ? n : 1) * sizeof(EFI_GUID *));
    if (!*buf) {
        return EFI_OUT_OF_RESOURCES;
    }
    *count = n;
    n = 0;
    list_for_each(l, &h->protocols) {
        (*buf)[n++] = &container_of(l, struct protocol, list)->guid;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS bs_install_multiple(EFI_HANDLE *handle, ...)
{
    EFI_STATUS s = EFI_SUCCESS;
    EFI_GUID *guid;
    va_list ap;
    UINTN n = 0;
    void *iface;

    va_start(ap, handle);
    while ((guid = va_arg(ap, EFI_GUID *))) {
        iface = va_arg(ap, void *);
        s = handle_install(handle, guid, EFI_NATIVE_INTERFACE, iface);
        if (EFI_ERROR(s)) {
            break;
        }
        n++;
    }
    va_end(ap);
    if (EFI_ERROR(s)) {
        va_start(ap, handle);
        while (n--) {
            guid = va_arg(ap, EFI_GUID *);
            iface = va_arg(ap, void *);
            handle_uninstall(*handle, guid, iface);
        }
        va_end(ap);
    }
    return s;
}

static EFI_STATUS bs_uninstall_multiple(EFI_HANDLE handle, ...)
{
    EFI_STATUS s = EFI_SUCCESS;
    EFI_GUID *guid;
    va_list ap;
    UINTN n = 0;
    void *iface;

    va_start(ap, handle);
    while ((guid = va_arg(ap, EFI_GUID *))) {
        iface = va_arg(ap, void *);
        s = handle_uninstall(handle, guid, iface);
        if (EFI_ERROR(s)) {
            break;
        }
        n++;
    }
    va_end(ap);
    if (EFI_ERROR(s)) {
        va_start(ap, handle);
        while (n--) {
            guid = va_arg(ap, EFI_GUID *);
            iface = va_arg(ap, void *);
            handle_install(&handle, guid, EFI_NATIVE_INTERFACE, iface);
        }
        va_end(ap);
        s = EFI_INVALID_PARAMETER;
    }
    return s;
}

/* ------------------------------------------------------------------ */
/* Driver model */

static EFI_STATUS try_driver(EFI_HANDLE controller, EFI_HANDLE driver,
                             EFI_DEVICE_PATH_PROTOCOL *remaining)
{
    EFI_DRIVER_BINDING_PROTOCOL *b =
        fw_protocol(driver, &gEfiDriverBindingProtocolGuid);

    if (!b || b->Supported(b, controller, remaining) != EFI_SUCCESS) {
        return EFI_NOT_FOUND;
    }
    return b->Start(b, controller, remaining);
}

/* Handles that some driver has opened as children of @h */
static UINTN children(struct handle *h, EFI_HANDLE driver, EFI_HANDLE *buf)
{
    struct list *pl, *l;
    UINTN n = 0, i;

    list_for_each(pl, &h->protocols) {
        struct protocol *p = container_of(pl, struct protocol, list);

        list_for_each(l, &p->opens) {
            struct open_info *o = container_of(l, struct open_info, list);

            if (!(o->e.Attributes & EFI_OPEN_PROTOCOL_BY_CHILD_CONTROLLER) ||
                (driver && o->e.AgentHandle != driver)) {
                continue;
            }
            for (i = 0; buf && i < n; i++) {
                if (buf[i] == o->e.ControllerHandle) {
                    break;
                }
            }
            if (!buf || i == n) {
                if (buf) {
                    buf[n] = o->e.ControllerHandle;
                }
                n++;
            }
        }
    }
    return n;
}

static EFI_HANDLE *child_array(struct handle *h, EFI_HANDLE driver, UINTN *n)
{
    EFI_HANDLE *buf = fw_alloc((children(h, driver, NULL) + 1) *
                               sizeof(*buf));

    *n = buf ? children(h, driver, buf) : 0;
    return buf;
}

static EFI_STATUS bs_connect(EFI_HANDLE controller, EFI_HANDLE *drivers,
                             EFI_DEVICE_PATH_PROTOCOL *remaining,
                             BOOLEAN recursive)
{
    struct handle *h = to_handle(controller);
    EFI_HANDLE *list, *kids;
    UINTN n, i;
    bool any = false;

    if (!h) {
        return EFI_INVALID_PARAMETER;
    }
    for (; drivers && *drivers; drivers++) {
        any |= !EFI_ERROR(try_driver(controller, *drivers, remaining));
    }
    n = fw_handles(&gEfiDriverBindingProtocolGuid, &list);
    for (i = 0; i < n; i++) {
        any |= !EFI_ERROR(try_driver(controller, list[i], remaining));
    }
    fw_free(list);
    if (recursive && to_handle(controller)) {
        kids = child_array(h, NULL, &n);
        for (i = 0; i < n; i++) {
            bs_connect(kids[i], NULL, NULL, TRUE);
        }
        fw_free(kids);
    }
    return any ? EFI_SUCCESS : EFI_NOT_FOUND;
}

static bool is_managed(struct handle *h, EFI_HANDLE driver)
{
    struct list *pl, *l;

    list_for_each(pl, &h->protocols) {
        struct protocol *p = container_of(pl, struct protocol, list);

        list_for_each(l, &p->opens) {
            struct open_info *o = container_of(l, struct open_info, list);

            if (o->e.AgentHandle == driver &&
                (o->e.Attributes & EFI_OPEN_PROTOCOL_BY_DRIVER)) {
                return true;
            }
        }
    }
    return false;
}

static EFI_STATUS disconnect(EFI_HANDLE controller, EFI_HANDLE driver,
                             EFI_HANDLE child)
{
    struct handle *h = to_handle(controller);
    EFI_HANDLE *list, *kids;
    EFI_STATUS s = EFI_SUCCESS;
    UINTN n, i, nk;

    if (!h) {
        return EFI_INVALID_PARAMETER;
    }
    n = fw_handles(&gEfiDriverBindingProtocolGuid, &list);
    for (i = 0; i < n && !EFI_ERROR(s); i++) {
        EFI_DRIVER_BINDING_PROTOCOL *b =
            fw_protocol(list[i], &gEfiDriverBindingProtocolGuid);

        if (!b || !to_handle(controller) ||
            (driver && driver != list[i] &&
             driver != b->DriverBindingHandle) ||
            !is_managed(h, b->DriverBindingHandle)) {
            continue;
        }
        if (child) {
            s = b->Stop(b, controller, 1, &child);
            continue;
        }
        kids = child_array(h, b->DriverBindingHandle, &nk);
        if (nk) {
            s = b->Stop(b, controller, nk, kids);
        }
        if (!EFI_ERROR(s)) {
            s = b->Stop(b, controller, 0, NULL);
        }
        fw_free(kids);
    }
    fw_free(list);
    return s;
}

static EFI_STATUS bs_disconnect(EFI_HANDLE controller, EFI_HANDLE driver,
                                EFI_HANDLE child)
{
    return disconnect(controller, driver, child);
}

void handle_fill_table(EFI_BOOT_SERVICES *bs)
{
    bs->InstallProtocolInterface = bs_install;
    bs->ReinstallProtocolInterface = bs_reinstall;
    bs->UninstallProtocolInterface = bs_uninstall;
    bs->HandleProtocol = bs_handle_protocol;
    bs->RegisterProtocolNotify = bs_register_notify;
    bs->LocateHandle = bs_locate_handle;
    bs->LocateDevicePath = bs_locate_device_path;
    bs->ConnectController = bs_connect;
    bs->DisconnectController = bs_disconnect;
    bs->OpenProtocol = bs_open;
    bs->CloseProtocol = bs_close;
    bs->OpenProtocolInformation = bs_open_info;
    bs->ProtocolsPerHandle = bs_protocols_per_handle;
    bs->LocateHandleBuffer = bs_locate_handle_buffer;
    bs->LocateProtocol = bs_locate_protocol;
    bs->InstallMultipleProtocolInterfaces = bs_install_multiple;
    bs->UninstallMultipleProtocolInterfaces = bs_uninstall_multiple;
}

/* ------------------------------------------------------------------ */
/* The wrappers of fw.h */

EFI_STATUS fw_install(EFI_HANDLE *h, const EFI_GUID *guid, void *iface)
{
    return handle_install(h, guid, EFI_NATIVE_INTERFACE, iface);
}

void *fw_protocol(EFI_HANDLE handle, const EFI_GUID *guid)
{
    struct handle *h = to_handle(handle);
    struct protocol *p = h ? get_protocol(h, guid) : NULL;

    return p ? p->iface : NULL;
}

void *fw_locate(const EFI_GUID *guid)
{
    void *iface = NULL;

    bs_locate_protocol((EFI_GUID *)guid, NULL, &iface);
    return iface;
}

UINTN fw_handles(const EFI_GUID *guid, EFI_HANDLE **list)
{
    UINTN n;

    bs_locate_handle_buffer(ByProtocol, (EFI_GUID *)guid, NULL, &n, list);
    return n;
}

EFI_DEVICE_PATH_PROTOCOL *dp_of_handle(EFI_HANDLE h)
{
    return fw_protocol(h, &gEfiDevicePathProtocolGuid);
}

#define GLOBAL_ATTRIBUTES (EFI_VARIABLE_NON_VOLATILE | \
                           EFI_VARIABLE_BOOTSERVICE_ACCESS | \
                           EFI_VARIABLE_RUNTIME_ACCESS)

void *fw_get_var(const CHAR16 *name, UINTN *size)
{
    EFI_GUID guid = gEfiGlobalVariableGuid;
    UINTN n = 0;
    void *p;

    if (gRT->GetVariable((CHAR16 *)name, &guid, NULL, &n, NULL) !=
        EFI_BUFFER_TOO_SMALL) {
        return NULL;
    }
    p = fw_alloc(n + 2);
    if (!p) {
        return NULL;
    }
    if (EFI_ERROR(gRT->GetVariable((CHAR16 *)name, &guid, NULL, &n, p))) {
        fw_free(p);
        return NULL;
    }
    /* Strings need not be terminated */
    ((UINT8 *)p)[n] = ((UINT8 *)p)[n + 1] = 0;
    *size = n;
    return p;
}

EFI_STATUS fw_set_var(const CHAR16 *name, const void *data, UINTN size)
{
    EFI_GUID guid = gEfiGlobalVariableGuid;

    return gRT->SetVariable((CHAR16 *)name, &guid, GLOBAL_ATTRIBUTES, size,
                            (void *)data);
}
