/*
 * zx1 firmware: Unicode Collation, English
 *
 * Facts: EFI 1.10 specification, chapter 11 (Unicode Collation).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fw.h"
#include "fat.h"

static INTN EFIAPI stri_coll(EFI_UNICODE_COLLATION_INTERFACE *This,
                             CHAR16 *a, CHAR16 *b)
{
    while (*a && fat_upcase(*a) == fat_upcase(*b)) {
        a++;
        b++;
    }
    return (INTN)fat_upcase(*a) - (INTN)fat_upcase(*b);
}

/* One [set] of a pattern; *@end is behind its bracket */
static bool match_set(CHAR16 c, const CHAR16 *p, const CHAR16 **end)
{
    bool hit = false;

    while (*p && *p != ']') {
        CHAR16 lo = fat_upcase(*p), hi = lo;

        if (p[1] == '-' && p[2] && p[2] != ']') {
            hi = fat_upcase(p[2]);
            p += 2;
        }
        hit |= c >= lo && c <= hi;
        p++;
    }
    *end = *p ? p + 1 : p;
    return hit;
}

/* One step back per star is enough, so the time is bounded */
static BOOLEAN EFIAPI metai_match(EFI_UNICODE_COLLATION_INTERFACE *This,
                                  CHAR16 *string, CHAR16 *pattern)
{
    const CHAR16 *s = string, *p = pattern;
    const CHAR16 *star = NULL, *from = NULL;

    while (*s) {
        const CHAR16 *end = p + 1;
        CHAR16 c = fat_upcase(*s);

        if (*p == '*') {
            star = ++p;
            from = s;
            continue;
        }
        if (*p && (*p == '?' || (*p == '[' ? match_set(c, p + 1, &end)
                                           : fat_upcase(*p) == c))) {
            p = end;
            s++;
            continue;
        }
        if (!star) {
            return FALSE;
        }
        p = star;
        s = ++from;
    }
    while (*p == '*') {
        p++;
    }
    return !*p;
}

static VOID EFIAPI str_lwr(EFI_UNICODE_COLLATION_INTERFACE *This, CHAR16 *s)
{
    for (; *s; s++) {
        if ((*s >= 'A' && *s <= 'Z') ||
            (*s >= 0xc0 && *s <= 0xde && *s != 0xd7)) {
            *s += 0x20;
        }
    }
}

static VOID EFIAPI str_upr(EFI_UNICODE_COLLATION_INTERFACE *This, CHAR16 *s)
{
    for (; *s; s++) {
        *s = fat_upcase(*s);
    }
}

static VOID EFIAPI fat_to_str(EFI_UNICODE_COLLATION_INTERFACE *This,
                              UINTN size, CHAR8 *fat, CHAR16 *s)
{
    while (size-- && *fat) {
        *s++ = (UINT8)*fat++;
    }
    *s = 0;
}

static BOOLEAN EFIAPI str_to_fat(EFI_UNICODE_COLLATION_INTERFACE *This,
                                 CHAR16 *s, UINTN size, CHAR8 *fat)
{
    BOOLEAN lost = FALSE;

    for (; *s && size; s++) {
        CHAR16 c = fat_upcase(*s);

        if (c == '.' || c == ' ') {
            continue;
        }
        if (c < 0x20 || c > 0x7e || strchr("\"*+,/:;<=>?[\\]|", c)) {
            c = '_';
            lost = TRUE;
        }
        *fat++ = c;
        size--;
    }
    if (size) {
        *fat = 0;
    }
    return lost;
}

static EFI_UNICODE_COLLATION_INTERFACE collation = {
    .StriColl = stri_coll,
    .MetaiMatch = metai_match,
    .StrLwr = str_lwr,
    .StrUpr = str_upr,
    .FatToStr = fat_to_str,
    .StrToFat = str_to_fat,
    .SupportedLanguages = "eng",
};

static void collation_init(void)
{
    EFI_HANDLE h = NULL;

    fw_install(&h, &gEfiUnicodeCollationProtocolGuid, &collation);
}
FW_INITCALL(driver, collation_init);
