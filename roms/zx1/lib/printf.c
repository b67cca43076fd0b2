/*
 * Formatting
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fw.h"

struct out {
    char *buf;
    size_t size, len;
};

static void put(struct out *o, char c)
{
    if (o->len + 1 < o->size) {
        o->buf[o->len] = c;
    }
    o->len++;
}

struct spec {
    bool left, zero, upper, plus;
    int width, precision;
};

static void put_padded(struct out *o, const char *s, int n,
                       const struct spec *f)
{
    int i;

    for (i = n; !f->left && i < f->width; i++) {
        put(o, ' ');
    }
    for (i = 0; i < n; i++) {
        put(o, s[i]);
    }
    for (i = n; f->left && i < f->width; i++) {
        put(o, ' ');
    }
}

static void put_number(struct out *o, UINT64 v, unsigned base, bool neg,
                       const struct spec *f)
{
    const char *digits = f->upper ? "0123456789ABCDEF" : "0123456789abcdef";
    char tmp[72];
    int i = sizeof(tmp), min = f->precision > 0 ? f->precision : 1;

    if (f->zero && !f->left && f->precision < 0) {
        min = f->width - (neg || f->plus);
    }
    if (min > 64) {
        min = 64;
    }
    while (v || (int)sizeof(tmp) - i < min) {
        tmp[--i] = digits[v % base];
        v /= base;
    }
    if (neg) {
        tmp[--i] = '-';
    } else if (f->plus) {
        tmp[--i] = '+';
    }
    put_padded(o, tmp + i, sizeof(tmp) - i, f);
}

static const char *status_text(EFI_STATUS s)
{
    static const char *const text[] = {
        "Success", "Load Error", "Invalid Parameter", "Unsupported",
        "Bad Buffer Size", "Buffer Too Small", "Not Ready", "Device Error",
        "Write Protected", "Out of Resources", "Volume Corrupted",
        "Volume Full", "No Media", "Media Changed", "Not Found",
        "Access Denied", "No Response", "No Mapping", "Timeout",
        "Not Started", "Already Started", "Aborted", "ICMP Error",
        "TFTP Error", "Protocol Error", "Incompatible Version",
        "Security Violation", "CRC Error", "End of Media",
    };
    UINT64 n = s & ~EFI_ERR(0);

    if (s == EFI_SUCCESS) {
        return text[0];
    }
    if (EFI_ERROR(s) && n < ARRAY_SIZE(text)) {
        return text[n];
    }
    return NULL;
}

static void put_guid(struct out *o, const EFI_GUID *g, const struct spec *f)
{
    char tmp[40];

    snprintf(tmp, sizeof(tmp),
             "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             g->Data1, g->Data2, g->Data3, g->Data4[0], g->Data4[1],
             g->Data4[2], g->Data4[3], g->Data4[4], g->Data4[5],
             g->Data4[6], g->Data4[7]);
    put_padded(o, tmp, strlen(tmp), f);
}

static void put_str16(struct out *o, const CHAR16 *s, const struct spec *f)
{
    int n = 0, i;

    while (s[n] && (f->precision < 0 || n < f->precision)) {
        n++;
    }
    for (i = n; !f->left && i < f->width; i++) {
        put(o, ' ');
    }
    for (i = 0; i < n; i++) {
        put(o, s[i] < 0x100 ? s[i] : '?');
    }
    for (i = n; f->left && i < f->width; i++) {
        put(o, ' ');
    }
}

static const char *parse_spec(const char *fmt, struct spec *f, va_list *ap)
{
    *f = (struct spec) { .precision = -1 };
    for (;; fmt++) {
        if (*fmt == '-') {
            f->left = true;
        } else if (*fmt == '0') {
            f->zero = true;
        } else if (*fmt == '+') {
            f->plus = true;
        } else if (*fmt != '#' && *fmt != ' ') {
            break;
        }
    }
    if (*fmt == '*') {
        f->width = va_arg(*ap, int);
        if (f->width < 0) {
            f->left = true;
            f->width = -f->width;
        }
        fmt++;
    }
    while (*fmt >= '0' && *fmt <= '9') {
        f->width = f->width * 10 + *fmt++ - '0';
    }
    if (*fmt == '.') {
        f->precision = 0;
        fmt++;
        if (*fmt == '*') {
            f->precision = va_arg(*ap, int);
            fmt++;
        }
        while (*fmt >= '0' && *fmt <= '9') {
            f->precision = f->precision * 10 + *fmt++ - '0';
        }
    }
    return fmt;
}

static void put_one(struct out *o, char conv, int longs, struct spec *f,
                    va_list *ap)
{
    const char *s;
    INT64 i;
    UINT64 u;
    char c;

    switch (conv) {
    case 'd':
    case 'i':
        i = longs ? va_arg(*ap, INT64) : va_arg(*ap, int);
        put_number(o, i < 0 ? -(UINT64)i : (UINT64)i, 10, i < 0, f);
        break;
    case 'u':
    case 'x':
    case 'X':
    case 'o':
        u = longs ? va_arg(*ap, UINT64) : va_arg(*ap, unsigned);
        f->upper = conv == 'X';
        put_number(o, u, conv == 'u' ? 10 : conv == 'o' ? 8 : 16, false, f);
        break;
    case 'p':
        f->zero = true;
        f->width = 16;
        put_number(o, va_arg(*ap, UINT64), 16, false, f);
        break;
    case 'c':
        c = va_arg(*ap, int);
        put_padded(o, &c, 1, f);
        break;
    case 's':
        s = va_arg(*ap, const char *);
        s = s ? s : "(null)";
        put_padded(o, s, f->precision < 0 ? strlen(s)
                                          : strnlen(s, f->precision), f);
        break;
    case 'S':
        put_str16(o, va_arg(*ap, const CHAR16 *), f);
        break;
    case 'g':
        put_guid(o, va_arg(*ap, const EFI_GUID *), f);
        break;
    case 'r':
        u = va_arg(*ap, EFI_STATUS);
        s = status_text(u);
        if (s) {
            put_padded(o, s, strlen(s), f);
        } else {
            put_number(o, u, 16, false, f);
        }
        break;
    default:
        put(o, conv);
        break;
    }
}

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
    struct out o = { buf, size, 0 };
    struct spec f;
    va_list ap;
    int longs;

    va_copy(ap, args);
    for (; *fmt; fmt++) {
        if (*fmt != '%') {
            put(&o, *fmt);
            continue;
        }
        fmt = parse_spec(fmt + 1, &f, &ap);
        for (longs = 0; *fmt == 'l' || *fmt == 'z' || *fmt == 'h'; fmt++) {
            longs += *fmt != 'h';
        }
        if (!*fmt) {
            break;
        }
        put_one(&o, *fmt, longs, &f, &ap);
    }
    va_end(ap);
    if (size) {
        buf[MIN(o.len, size - 1)] = 0;
    }
    return o.len;
}

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vsnprintf(buf, size, fmt, ap);
    va_end(ap);
    return n;
}
