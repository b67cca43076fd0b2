/*
 * Console: the first UART of the board as a VT-UTF8 terminal
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core.h"

#define UART_BASE       ZX1_UART0_BASE
#define UART_RBR        0
#define UART_THR        0
#define UART_DLL        0
#define UART_IER        1
#define UART_DLM        1
#define UART_FCR        2
#define UART_LCR        3
#define UART_MCR        4
#define UART_LSR        5
#define UART_MSR        6
#define LSR_DR          0x01
#define LSR_THRE        0x20
#define LSR_TEMT        0x40

#define COLUMNS         80
#define ROWS            25

/* VT-UTF8 terminal, UEFI specification, messaging device paths */
#define VT_UTF8_GUID \
    { 0xad15a0d6, 0x8bec, 0x4acf, \
      { 0xa0, 0x73, 0xd0, 0x1d, 0xe7, 0x7e, 0x2d, 0x88 } }

static bool uart_present;

static UINT8 uart_in(UINT32 reg)
{
    return mmio_read8(UART_BASE + reg);
}

static void uart_out(UINT32 reg, UINT8 v)
{
    mmio_write8(UART_BASE + reg, v);
}

static void uart_set_baud(UINT64 baud)
{
    UINT32 div = ZX1_UART_CLOCK / 16 / (baud ? baud : 115200);

    div = div ? div : 1;
    uart_out(UART_LCR, 0x83);
    uart_out(UART_DLL, div);
    uart_out(UART_DLM, div >> 8);
    uart_out(UART_LCR, 0x03);
}

void uart_init(void)
{
    uart_out(UART_IER, 0);
    uart_set_baud(115200);
    uart_out(UART_FCR, 0x07);
    uart_out(UART_MCR, 0x03);
    uart_present = uart_in(UART_LSR) != 0xff;
}

void uart_putc(char c)
{
    UINT32 i;

    if (!uart_present) {
        return;
    }
    for (i = 0; i < 100000 && !(uart_in(UART_LSR) & LSR_THRE); i++) {
        continue;
    }
    uart_out(UART_THR, c);
}

static bool uart_getc(UINT8 *c)
{
    if (!uart_present || !(uart_in(UART_LSR) & LSR_DR)) {
        return false;
    }
    *c = uart_in(UART_RBR);
    return true;
}

void fw_debug(const char *fmt, ...)
{
    char buf[1024];
    va_list ap;
    char *p;

    va_start(ap, fmt);
    vsnprintf(buf, sizeof(buf), fmt, ap);
    va_end(ap);
    for (p = buf; *p; p++) {
        if (*p == '\n') {
            uart_putc('\r');
        }
        uart_putc(*p);
    }
}

/* ------------------------------------------------------------------ */
/* Output */

static SIMPLE_TEXT_OUTPUT_MODE out_mode = {
    .MaxMode = 1,
    .Attribute = EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK),
    .CursorVisible = TRUE,
};
/* What the terminal has been told */
static INT32 sent_attribute = EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK);

static void uart_puts(const char *s)
{
    while (*s) {
        uart_putc(*s++);
    }
}

static void send_utf8(CHAR16 c)
{
    if (c < 0x80) {
        uart_putc(c);
    } else if (c < 0x800) {
        uart_putc(0xc0 | c >> 6);
        uart_putc(0x80 | (c & 0x3f));
    } else {
        uart_putc(0xe0 | c >> 12);
        uart_putc(0x80 | (c >> 6 & 0x3f));
        uart_putc(0x80 | (c & 0x3f));
    }
}

static void sync_attribute(void)
{
    /* Colours of EFI have blue in bit 0, those of ECMA-48 red */
    static const UINT8 ansi[8] = { 0, 4, 2, 6, 1, 5, 3, 7 };
    INT32 a = out_mode.Attribute;
    char buf[24];

    if (a == sent_attribute) {
        return;
    }
    sent_attribute = a;
    if (a == EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK)) {
        uart_puts("\033[0m");
        return;
    }
    snprintf(buf, sizeof(buf), "\033[0;%s%u;%um", a & EFI_BRIGHT ? "1;" : "",
             30 + ansi[a & 7], 40 + ansi[a >> 4 & 7]);
    uart_puts(buf);
}

static EFI_STATUS out_string(SIMPLE_TEXT_OUTPUT_INTERFACE *this, CHAR16 *s)
{
    SIMPLE_TEXT_OUTPUT_MODE *m = &out_mode;

    sync_attribute();
    for (; *s; s++) {
        switch (*s) {
        case '\b':
            if (m->CursorColumn) {
                m->CursorColumn--;
                uart_putc('\b');
            }
            break;
        case '\n':
            if (m->CursorRow < ROWS - 1) {
                m->CursorRow++;
            }
            uart_putc('\n');
            break;
        case '\r':
            m->CursorColumn = 0;
            uart_putc('\r');
            break;
        default:
            if (*s < ' ') {
                break;
            }
            send_utf8(*s);
            if (++m->CursorColumn == COLUMNS) {
                m->CursorColumn = 0;
                if (m->CursorRow < ROWS - 1) {
                    m->CursorRow++;
                }
                /* Whether terminals wrap before or after differs */
                uart_puts("\r\n");
            }
            break;
        }
    }
    return EFI_SUCCESS;
}

static EFI_STATUS out_test_string(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                                  CHAR16 *s)
{
    return EFI_SUCCESS;
}

static EFI_STATUS out_query_mode(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                                 UINTN mode, UINTN *columns, UINTN *rows)
{
    if (mode) {
        return EFI_UNSUPPORTED;
    }
    *columns = COLUMNS;
    *rows = ROWS;
    return EFI_SUCCESS;
}

static EFI_STATUS out_set_attribute(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                                    UINTN attribute)
{
    if (attribute & ~0x7fUL) {
        return EFI_UNSUPPORTED;
    }
    out_mode.Attribute = attribute;
    return EFI_SUCCESS;
}

static EFI_STATUS out_clear(SIMPLE_TEXT_OUTPUT_INTERFACE *this)
{
    sync_attribute();
    uart_puts("\033[2J\033[H");
    out_mode.CursorColumn = out_mode.CursorRow = 0;
    return EFI_SUCCESS;
}

static EFI_STATUS out_set_mode(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                               UINTN mode)
{
    return mode ? EFI_UNSUPPORTED : out_clear(this);
}

static EFI_STATUS out_set_cursor(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                                 UINTN column, UINTN row)
{
    char buf[24];

    if (column >= COLUMNS || row >= ROWS) {
        return EFI_UNSUPPORTED;
    }
    snprintf(buf, sizeof(buf), "\033[%lu;%luH", row + 1, column + 1);
    uart_puts(buf);
    out_mode.CursorColumn = column;
    out_mode.CursorRow = row;
    return EFI_SUCCESS;
}

static EFI_STATUS out_enable_cursor(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                                    BOOLEAN visible)
{
    if (visible != out_mode.CursorVisible) {
        uart_puts(visible ? "\033[?25h" : "\033[?25l");
    }
    out_mode.CursorVisible = visible;
    return EFI_SUCCESS;
}

static EFI_STATUS out_reset(SIMPLE_TEXT_OUTPUT_INTERFACE *this,
                            BOOLEAN extended)
{
    out_mode.Attribute = EFI_TEXT_ATTR(EFI_LIGHTGRAY, EFI_BLACK);
    sent_attribute = -1;
    return out_clear(this);
}

static SIMPLE_TEXT_OUTPUT_INTERFACE text_out = {
    out_reset, out_string, out_test_string, out_query_mode, out_set_mode,
    out_set_attribute, out_clear, out_set_cursor, out_enable_cursor,
    &out_mode
};

void fw_vprintf(const char *fmt, va_list ap)
{
    static char buf[2048];
    static CHAR16 wide[2 * sizeof(buf)];
    SIMPLE_TEXT_OUTPUT_INTERFACE *out =
        gST && gST->ConOut ? gST->ConOut : &text_out;
    size_t i, n = 0;

    vsnprintf(buf, sizeof(buf), fmt, ap);
    for (i = 0; buf[i]; i++) {
        if (buf[i] == '\n') {
            wide[n++] = '\r';
        }
        wide[n++] = (UINT8)buf[i];
    }
    wide[n] = 0;
    out->OutputString(out, wide);
}

void fw_printf(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fw_vprintf(fmt, ap);
    va_end(ap);
}

/* ------------------------------------------------------------------ */
/* Input: keys of VT100 and its successors are escape sequences */

#define ESC_TIMEOUT     250000  /* microseconds until ESC is a key itself */
#define MAX_SEQUENCE    8
#define MAX_KEYS        64

static EFI_INPUT_KEY keys[MAX_KEYS];
static unsigned key_head, key_tail;
static UINT8 sequence[MAX_SEQUENCE];
static unsigned seq_len;
static UINT64 seq_deadline;
static UINT32 utf8_char;
static unsigned utf8_left;

static void put_key(UINT16 scan, CHAR16 c)
{
    unsigned next = (key_head + 1) % MAX_KEYS;

    if (next != key_tail) {
        keys[key_head].ScanCode = scan;
        keys[key_head].UnicodeChar = c;
        key_head = next;
    }
}

/* Scan code of a complete sequence; SCAN_NULL: none, or not complete yet */
static UINT16 decode_sequence(bool *more)
{
    static const struct {
        const char *seq;
        UINT16 scan;
    } table[] = {
        { "[A", SCAN_UP }, { "[B", SCAN_DOWN }, { "[C", SCAN_RIGHT },
        { "[D", SCAN_LEFT }, { "[H", SCAN_HOME }, { "[F", SCAN_END },
        { "OA", SCAN_UP }, { "OB", SCAN_DOWN }, { "OC", SCAN_RIGHT },
        { "OD", SCAN_LEFT }, { "OH", SCAN_HOME }, { "OF", SCAN_END },
        { "[1~", SCAN_HOME }, { "[2~", SCAN_INSERT },
        { "[3~", SCAN_DELETE }, { "[4~", SCAN_END },
        { "[5~", SCAN_PAGE_UP }, { "[6~", SCAN_PAGE_DOWN },
        { "[7~", SCAN_HOME }, { "[8~", SCAN_END },
        { "OP", SCAN_F1 }, { "OQ", SCAN_F2 }, { "OR", SCAN_F3 },
        { "OS", SCAN_F4 }, { "[11~", SCAN_F1 }, { "[12~", SCAN_F2 },
        { "[13~", SCAN_F3 }, { "[14~", SCAN_F4 }, { "[15~", SCAN_F5 },
        { "[17~", SCAN_F6 }, { "[18~", SCAN_F7 }, { "[19~", SCAN_F8 },
        { "[20~", SCAN_F9 }, { "[21~", SCAN_F10 }, { "[23~", SCAN_F11 },
        { "[24~", SCAN_F12 },
        /* VT100+ as Windows and HP consoles send it */
        { "1", SCAN_F1 }, { "2", SCAN_F2 }, { "3", SCAN_F3 },
        { "4", SCAN_F4 }, { "5", SCAN_F5 }, { "6", SCAN_F6 },
        { "7", SCAN_F7 }, { "8", SCAN_F8 }, { "9", SCAN_F9 },
        { "0", SCAN_F10 }, { "!", SCAN_F11 }, { "@", SCAN_F12 },
        { "h", SCAN_HOME }, { "k", SCAN_END }, { "+", SCAN_INSERT },
        { "-", SCAN_DELETE }, { "?", SCAN_PAGE_UP },
        { "/", SCAN_PAGE_DOWN },
    };
    unsigned i, n = seq_len - 1;

    *more = false;
    for (i = 0; i < ARRAY_SIZE(table); i++) {
        size_t len = strlen(table[i].seq);

        if (len >= n && !memcmp(table[i].seq, sequence + 1, n)) {
            if (len == n) {
                return table[i].scan;
            }
            *more = true;
        }
    }
    return SCAN_NULL;
}

static void flush_sequence(void)
{
    unsigned i;

    put_key(SCAN_ESC, 0);
    for (i = 1; i < seq_len; i++) {
        put_key(SCAN_NULL, sequence[i]);
    }
    seq_len = 0;
}

static void put_char(UINT8 c)
{
    if (utf8_left && (c & 0xc0) == 0x80) {
        utf8_char = utf8_char << 6 | (c & 0x3f);
        if (!--utf8_left) {
            put_key(SCAN_NULL, utf8_char);
        }
        return;
    }
    utf8_left = 0;
    if (c == 0x7f) {
        put_key(SCAN_NULL, '\b');
    } else if ((c & 0xe0) == 0xc0) {
        utf8_char = c & 0x1f;
        utf8_left = 1;
    } else if ((c & 0xf0) == 0xe0) {
        utf8_char = c & 0x0f;
        utf8_left = 2;
    } else if (c) {
        put_key(SCAN_NULL, c);
    }
}

static void input_poll(void)
{
    UINT16 scan;
    bool more;
    UINT8 c;

    while (uart_getc(&c)) {
        if (c == 0x1b) {
            if (seq_len) {
                flush_sequence();
            }
            sequence[seq_len++] = c;
            seq_deadline = fw_deadline(ESC_TIMEOUT);
            continue;
        }
        if (!seq_len) {
            put_char(c);
            continue;
        }
        sequence[seq_len++] = c;
        scan = decode_sequence(&more);
        if (scan != SCAN_NULL) {
            put_key(scan, 0);
            seq_len = 0;
        } else if (!more || seq_len == MAX_SEQUENCE) {
            flush_sequence();
        }
    }
    if (seq_len && fw_expired(seq_deadline)) {
        flush_sequence();
    }
}

bool fw_key_waiting(void)
{
    input_poll();
    return key_head != key_tail;
}

static EFI_STATUS in_reset(SIMPLE_INPUT_INTERFACE *this, BOOLEAN extended)
{
    input_poll();
    key_head = key_tail = seq_len = 0;
    return EFI_SUCCESS;
}

static EFI_STATUS in_read_key(SIMPLE_INPUT_INTERFACE *this,
                              EFI_INPUT_KEY *key)
{
    event_poll();
    if (!fw_key_waiting()) {
        return EFI_NOT_READY;
    }
    *key = keys[key_tail];
    key_tail = (key_tail + 1) % MAX_KEYS;
    return EFI_SUCCESS;
}

static void wait_for_key(EFI_EVENT event, void *context)
{
    if (fw_key_waiting()) {
        event_signal(event);
    }
}

static SIMPLE_INPUT_INTERFACE text_in = { in_reset, in_read_key, NULL };

/* ------------------------------------------------------------------ */
/* Serial I/O */

static SERIAL_IO_MODE serial_mode = {
    .ControlMask = EFI_SERIAL_CLEAR_TO_SEND | EFI_SERIAL_DATA_SET_READY |
        EFI_SERIAL_RING_INDICATE | EFI_SERIAL_CARRIER_DETECT |
        EFI_SERIAL_REQUEST_TO_SEND | EFI_SERIAL_DATA_TERMINAL_READY |
        EFI_SERIAL_INPUT_BUFFER_EMPTY | EFI_SERIAL_OUTPUT_BUFFER_EMPTY,
    .Timeout = 1000000,
    .BaudRate = 115200,
    .ReceiveFifoDepth = 16,
    .DataBits = 8,
    .Parity = NoParity,
    .StopBits = OneStopBit,
};

static EFI_STATUS serial_reset(SERIAL_IO_INTERFACE *this)
{
    return EFI_SUCCESS;
}

static EFI_STATUS serial_set_attributes(SERIAL_IO_INTERFACE *this,
                                        UINT64 baud, UINT32 fifo,
                                        UINT32 timeout,
                                        EFI_PARITY_TYPE parity,
                                        UINT8 bits, EFI_STOP_BITS_TYPE stop)
{
    if (baud > 115200 || (bits && bits != 8) || parity > NoParity ||
        stop > OneStopBit) {
        return EFI_INVALID_PARAMETER;
    }
    if (baud) {
        uart_set_baud(baud);
        serial_mode.BaudRate = baud;
    }
    if (timeout) {
        serial_mode.Timeout = timeout;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS serial_set_control(SERIAL_IO_INTERFACE *this,
                                     UINT32 control)
{
    if (control & ~(EFI_SERIAL_REQUEST_TO_SEND |
                    EFI_SERIAL_DATA_TERMINAL_READY)) {
        return EFI_UNSUPPORTED;
    }
    uart_out(UART_MCR, control & 3);
    return EFI_SUCCESS;
}

static EFI_STATUS serial_get_control(SERIAL_IO_INTERFACE *this,
                                     UINT32 *control)
{
    UINT8 lsr = uart_in(UART_LSR);

    *control = (uart_in(UART_MSR) & 0xf0) | (uart_in(UART_MCR) & 3);
    if (!(lsr & LSR_DR)) {
        *control |= EFI_SERIAL_INPUT_BUFFER_EMPTY;
    }
    if (lsr & LSR_TEMT) {
        *control |= EFI_SERIAL_OUTPUT_BUFFER_EMPTY;
    }
    return EFI_SUCCESS;
}

static EFI_STATUS serial_write(SERIAL_IO_INTERFACE *this, UINTN *size,
                               VOID *buf)
{
    UINT8 *p = buf;
    UINTN i;

    for (i = 0; i < *size; i++) {
        uart_putc(p[i]);
    }
    return EFI_SUCCESS;
}

static EFI_STATUS serial_read(SERIAL_IO_INTERFACE *this, UINTN *size,
                              VOID *buf)
{
    UINT64 t = fw_deadline(serial_mode.Timeout);
    UINT8 *p = buf;
    UINTN i = 0;

    while (i < *size) {
        if (uart_getc(&p[i])) {
            i++;
            t = fw_deadline(serial_mode.Timeout);
        } else if (fw_expired(t)) {
            *size = i;
            return EFI_TIMEOUT;
        }
    }
    return EFI_SUCCESS;
}

static SERIAL_IO_INTERFACE serial_io = {
    SERIAL_IO_INTERFACE_REVISION, serial_reset, serial_set_attributes,
    serial_set_control, serial_get_control, serial_write, serial_read,
    &serial_mode
};

/* ------------------------------------------------------------------ */

static struct {
    ACPI_HID_DEVICE_PATH acpi;
    UART_DEVICE_PATH uart;
    VENDOR_DEVICE_PATH terminal;
    EFI_DEVICE_PATH_PROTOCOL end;
} __attribute__((packed)) console_path = {
    { { ACPI_DEVICE_PATH, ACPI_DP, { sizeof(ACPI_HID_DEVICE_PATH), 0 } },
      EISA_ID('P', 'N', 'P', 0x0501), 0 },
    { { MESSAGING_DEVICE_PATH, MSG_UART_DP, { sizeof(UART_DEVICE_PATH), 0 } },
      0, 115200, 8, NoParity, OneStopBit },
    { { MESSAGING_DEVICE_PATH, MSG_VENDOR_DP,
        { sizeof(VENDOR_DEVICE_PATH), 0 } }, VT_UTF8_GUID },
    { END_DEVICE_PATH_TYPE, END_ENTIRE_DEVICE_PATH_SUBTYPE, { 4, 0 } },
};

static struct {
    ACPI_HID_DEVICE_PATH acpi;
    UART_DEVICE_PATH uart;
    EFI_DEVICE_PATH_PROTOCOL end;
} __attribute__((packed)) serial_path;

void console_init(void)
{
    EFI_HANDLE serial = NULL, console = NULL;

    event_create(EVT_NOTIFY_WAIT, TPL_NOTIFY, wait_for_key, NULL,
                 &text_in.WaitForKey);
    serial_path.acpi = console_path.acpi;
    serial_path.uart = console_path.uart;
    serial_path.end = console_path.end;
    fw_install(&serial, &gEfiDevicePathProtocolGuid, &serial_path);
    fw_install(&serial, &gEfiSerialIoProtocolGuid, &serial_io);
    fw_install(&console, &gEfiDevicePathProtocolGuid, &console_path);
    fw_install(&console, &gEfiSimpleTextInProtocolGuid, &text_in);
    fw_install(&console, &gEfiSimpleTextOutProtocolGuid, &text_out);
    gST->ConsoleInHandle = console;
    gST->ConsoleOutHandle = console;
    gST->StandardErrorHandle = console;
    gST->ConIn = &text_in;
    gST->ConOut = &text_out;
    gST->StdErr = &text_out;
    fw_table_crc(&gST->Hdr);
}

static void default_path(const CHAR16 *name)
{
    UINTN size;
    void *old = fw_get_var(name, &size);

    if (!old) {
        fw_set_var(name, &console_path, sizeof(console_path));
    }
    fw_free(old);
}

/* Operating systems look for exactly one console device here */
void console_connect(void)
{
    default_path(L"ConIn");
    default_path(L"ConOut");
    default_path(L"ErrOut");
}
