/*
 * EFI events, timers and task priority levels
 *
 * The timer tick interrupts only to keep an image's timers going: what is
 * due runs from the interrupt if that hit code outside the firmware, else at
 * the next place where the firmware waits or lowers the priority.  So no
 * firmware code is ever interrupted by a notification function.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define EVENT_MAGIC     0x746e6576
#define TICK_VECTOR     0xef
#define TICK_HZ         100
#define NR_TPL          32

struct event {
    struct list list;           /* of all events */
    struct list ready;          /* on the queue of its TPL */
    UINT32 magic;
    UINT32 type;
    EFI_TPL tpl;
    EFI_EVENT_NOTIFY fn;
    void *context;
    bool signaled, queued, armed;
    UINT64 deadline, period;    /* microseconds */
};

static struct list events = LIST_INIT(events);
static struct list queue[NR_TPL];
static UINT32 queued_mask;      /* bit n: queue n is not empty */
static EFI_TPL current_tpl = TPL_APPLICATION;
static bool ticking;
static UINT64 tick_interval;
static UINT64 watchdog;         /* deadline in microseconds, 0: off */

static struct event *to_event(EFI_EVENT e)
{
    struct event *ev = e;

    return ev && !((UINT64)e & 7) && ev->magic == EVENT_MAGIC ? ev : NULL;
}

/* ------------------------------------------------------------------ */
/* The tick */

/*
 * A host with other things to do may stop us for longer than an interval
 * between reading ITC and writing ITM, and what is set to the past never
 * matches.
 */
static void tick_arm(void)
{
    UINT64 next;

    do {
        next = fw_ticks() + tick_interval;
        __asm__ volatile("mov cr.itm = %0;; srlz.d;;" : : "r"(next));
    } while ((INT64)(next - fw_ticks()) <= 0);
}

static UINT64 read_ivr(void)
{
    UINT64 v;

    __asm__ volatile("mov %0 = cr.ivr;; srlz.d;;" : "=r"(v) : : "memory");
    return v;
}

static void write_eoi(void)
{
    __asm__ volatile("mov cr.eoi = r0;; srlz.d;;" : : : "memory");
}

void event_init(void)
{
    unsigned i;

    for (i = 0; i < NR_TPL; i++) {
        list_init(&queue[i]);
    }
    tick_interval = fw_itc_hz / TICK_HZ;
    while (read_ivr() != 15) {
        write_eoi();
    }
    __asm__ volatile("mov cr.tpr = r0; mov cr.itv = %0;; srlz.d;;"
                     : : "r"((UINT64)TICK_VECTOR));
    tick_arm();
    ticking = true;
    __asm__ volatile("ssm psr.i;; srlz.d;;" : : : "memory");
}

void event_stop(void)
{
    __asm__ volatile("rsm psr.i;; mov cr.itv = %0;; srlz.d;;"
                     : : "r"(0x10000UL) : "memory");
    ticking = false;
    while (read_ivr() != 15) {
        write_eoi();
    }
}

void fw_interrupt(UINT64 *frame)
{
    UINT64 vector, iip = frame[1];
    bool tick = false;

    while ((vector = read_ivr()) != 15) {
        tick |= vector == TICK_VECTOR;
        write_eoi();
    }
    if (tick && ticking) {
        tick_arm();
        if (iip < FW_PAL_BASE || iip >= FW_BOOT_BASE + FW_BOOT_SIZE) {
            event_poll();
        }
    }
}

/* ------------------------------------------------------------------ */

static void enqueue(struct event *e)
{
    if (!e->queued) {
        e->queued = true;
        list_add_tail(&queue[e->tpl], &e->ready);
        queued_mask |= 1U << e->tpl;
    }
}

static void dispatch(void)
{
    EFI_TPL old = current_tpl, tpl;

    while (queued_mask >> (old + 1)) {
        struct event *e;

        for (tpl = NR_TPL - 1; !(queued_mask >> tpl & 1); tpl--) {
            continue;
        }
        e = container_of(queue[tpl].next, struct event, ready);
        list_del(&e->ready);
        e->queued = false;
        if (list_empty(&queue[tpl])) {
            queued_mask &= ~(1U << tpl);
        }
        if (e->type & EVT_NOTIFY_SIGNAL) {
            e->signaled = false;
        }
        current_tpl = tpl;
        e->fn(e, e->context);
        current_tpl = old;
    }
}

static void signal(struct event *e)
{
    if (!e->signaled) {
        e->signaled = true;
        if (e->type & EVT_NOTIFY_SIGNAL) {
            enqueue(e);
        }
    }
}

static void expire_timers(void)
{
    UINT64 now = fw_usecs();
    struct list *l, *n;

    list_for_each_safe(l, n, &events) {
        struct event *e = container_of(l, struct event, list);

        if (!e->armed || (INT64)(now - e->deadline) < 0) {
            continue;
        }
        if (e->period) {
            e->deadline += e->period;
            if ((INT64)(now - e->deadline) >= 0) {
                e->deadline = now + e->period;
            }
        } else {
            e->armed = false;
        }
        signal(e);
    }
    if (watchdog && (INT64)(now - watchdog) >= 0) {
        fw_debug("\nWatchdog timer expired: reset\n");
        gRT->ResetSystem(EfiResetCold, EFI_TIMEOUT, 0, NULL);
    }
}

void event_poll(void)
{
    if (current_tpl >= TPL_HIGH_LEVEL) {
        return;
    }
    expire_timers();
    dispatch();
}

static bool interrupts_on(void)
{
    UINT64 psr;

    __asm__ volatile("mov %0 = psr" : "=r"(psr));
    return psr >> 14 & 1;
}

void event_idle(void)
{
    event_poll();
    if (ticking && interrupts_on()) {
        fw_halt();
        event_poll();
    }
}

EFI_TPL event_raise_tpl(EFI_TPL tpl)
{
    EFI_TPL old = current_tpl;

    if (tpl >= TPL_HIGH_LEVEL) {
        __asm__ volatile("rsm psr.i" : : : "memory");
        tpl = TPL_HIGH_LEVEL;
    }
    if (tpl > old) {
        current_tpl = tpl;
    }
    return old;
}

void event_restore_tpl(EFI_TPL tpl)
{
    EFI_TPL old = current_tpl;

    current_tpl = tpl >= TPL_HIGH_LEVEL ? TPL_HIGH_LEVEL : tpl;
    if (current_tpl < TPL_HIGH_LEVEL) {
        dispatch();
        if (old >= TPL_HIGH_LEVEL && ticking) {
            __asm__ volatile("ssm psr.i;; srlz.d;;" : : : "memory");
        }
    }
}

EFI_STATUS event_create(UINT32 type, EFI_TPL tpl, EFI_EVENT_NOTIFY fn,
                        void *context, EFI_EVENT *event)
{
    struct rt_info *rt = RT_HEAD->info;
    struct event *e;

    if (!event) {
        return EFI_INVALID_PARAMETER;
    }
    switch (type & ~(EVT_TIMER | EVT_RUNTIME)) {
    case 0:
    case EVT_NOTIFY_WAIT:
    case EVT_NOTIFY_SIGNAL:
    case EVT_SIGNAL_EXIT_BOOT_SERVICES:
    case EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE & ~EVT_RUNTIME & ~0x20000000U:
    case EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE & ~EVT_RUNTIME:
        break;
    default:
        return EFI_INVALID_PARAMETER;
    }
    if (type & (EVT_NOTIFY_WAIT | EVT_NOTIFY_SIGNAL)) {
        if (!fn || tpl <= TPL_APPLICATION || tpl >= TPL_HIGH_LEVEL) {
            return EFI_INVALID_PARAMETER;
        }
    }
    if (type == EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE &&
        rt->nr_notify == RT_MAX_VIRTUAL_NOTIFY) {
        return EFI_OUT_OF_RESOURCES;
    }
    e = fw_zalloc(sizeof(*e));
    if (!e) {
        return EFI_OUT_OF_RESOURCES;
    }
    e->magic = EVENT_MAGIC;
    e->type = type;
    e->tpl = tpl & (NR_TPL - 1);
    e->fn = fn;
    e->context = context;
    list_add_tail(&events, &e->list);
    if (type == EVT_SIGNAL_VIRTUAL_ADDRESS_CHANGE) {
        rt->notify[rt->nr_notify++] = (struct rt_notify) { fn, e, context };
    }
    *event = e;
    return EFI_SUCCESS;
}

EFI_STATUS event_set_timer(EFI_EVENT event, EFI_TIMER_DELAY type,
                           UINT64 time)
{
    struct event *e = to_event(event);
    UINT64 us = time / 10;              /* from units of 100 ns */

    if (!e || !(e->type & EVT_TIMER) || type > TimerRelative) {
        return EFI_INVALID_PARAMETER;
    }
    e->armed = type != TimerCancel;
    e->period = 0;
    if (type == TimerPeriodic) {
        e->period = us ? us : 1000000 / TICK_HZ;
        us = e->period;
    }
    e->deadline = fw_usecs() + us;
    if (type == TimerRelative && !us) {
        e->armed = false;
        signal(e);
        dispatch();
    }
    return EFI_SUCCESS;
}

EFI_STATUS event_check(EFI_EVENT event)
{
    struct event *e = to_event(event);

    if (!e || (e->type & EVT_NOTIFY_SIGNAL)) {
        return EFI_INVALID_PARAMETER;
    }
    event_poll();
    if (!e->signaled && (e->type & EVT_NOTIFY_WAIT)) {
        enqueue(e);
        dispatch();
    }
    if (e->signaled) {
        e->signaled = false;
        return EFI_SUCCESS;
    }
    return EFI_NOT_READY;
}

EFI_STATUS event_wait(UINTN n, EFI_EVENT *list, UINTN *index)
{
    UINTN i;

    if (!n || !list || !index) {
        return EFI_INVALID_PARAMETER;
    }
    if (current_tpl != TPL_APPLICATION) {
        return EFI_UNSUPPORTED;
    }
    for (;;) {
        for (i = 0; i < n; i++) {
            EFI_STATUS s = event_check(list[i]);

            if (s != EFI_NOT_READY) {
                *index = i;
                return s;
            }
        }
        event_idle();
    }
}

EFI_STATUS event_signal(EFI_EVENT event)
{
    struct event *e = to_event(event);

    if (!e) {
        return EFI_INVALID_PARAMETER;
    }
    signal(e);
    dispatch();
    return EFI_SUCCESS;
}

EFI_STATUS event_close(EFI_EVENT event)
{
    struct event *e = to_event(event);
    struct rt_info *rt = RT_HEAD->info;
    UINT32 i;

    if (!e) {
        return EFI_INVALID_PARAMETER;
    }
    for (i = 0; i < rt->nr_notify; i++) {
        if (rt->notify[i].event == event) {
            rt->notify[i] = rt->notify[--rt->nr_notify];
            break;
        }
    }
    if (e->queued) {
        list_del(&e->ready);
        if (list_empty(&queue[e->tpl])) {
            queued_mask &= ~(1U << e->tpl);
        }
    }
    list_del(&e->list);
    e->magic = 0;
    fw_free(e);
    return EFI_SUCCESS;
}

void event_signal_group(UINT32 type)
{
    struct list *l, *n;

    list_for_each_safe(l, n, &events) {
        struct event *e = container_of(l, struct event, list);

        if (e->type == type) {
            signal(e);
        }
    }
    dispatch();
}

EFI_STATUS event_set_watchdog(UINTN timeout, UINT64 code, UINTN size,
                              CHAR16 *data)
{
    watchdog = timeout ? fw_usecs() + timeout * 1000000 : 0;
    return EFI_SUCCESS;
}
