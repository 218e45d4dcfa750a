#include "reports/figure.h"

#include <math.h>

#include "base/valid_text.h"

static const double largest = 9e12; /* six decimals of it still fit in a long long */

void figure_append_decimal(struct text *t, double value, int decimals)
{
    if (!isfinite(value)) {
        text_append(t, "?");
        return;
    }
    long long scale = 1;
    for (int i = 0; i < decimals; i++)
        scale *= 10;
    double bounded = fmin(fabs(value), largest);
    long long all = llround(bounded * (double)scale);
    if (value < 0 && all)
        text_append(t, "-");
    text_append_format(t, "%lld", all / scale);
    if (decimals)
        text_append_format(t, ".%0*lld", decimals, all % scale);
}

void figure_append_duration(struct text *t, double seconds)
{
    if (!isfinite(seconds)) {
        text_append(t, "?");
        return;
    }
    double s = fmin(fmax(seconds, 0), largest);
    long long whole = llround(s), minutes = llround(s / 60);
    if (s < 0.9995)
        text_append_format(t, "%lld ms", llround(s * 1000));
    else if (s < 59.95) {
        figure_append_decimal(t, s, 1);
        text_append(t, " s");
    } else if (whole < 3600)
        text_append_format(t, whole % 60 ? "%lld min %02lld s" : "%lld min", whole / 60,
                           whole % 60);
    else
        text_append_format(t, minutes % 60 ? "%lld h %02lld min" : "%lld h", minutes / 60,
                           minutes % 60);
}

/* Always seconds beyond one, since limits are given in them. */
static void append_seconds(struct text *t, double value)
{
    if (value < 0.9995) {
        figure_append_duration(t, value);
        return;
    }
    figure_append_decimal(t, value, fabs(value - round(value)) < 0.0005 ? 0 : 1);
    text_append(t, " s");
}

static void append_bytes(struct text *t, double value)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;
    while (fabs(value) >= 1023.95 && unit + 1 < sizeof units / sizeof *units) {
        value /= 1024;
        unit++;
    }
    figure_append_decimal(t, value, unit ? 1 : 0);
    text_append_format(t, " %s", units[unit]);
}

static void append_grouped(struct text *t, double value)
{
    bool whole = fabs(value - round(value)) < 0.0005;
    struct text plain = {0};
    figure_append_decimal(&plain, value, whole ? 0 : fabs(value) < 10 ? 3 : 1);
    const char *digits = text_string(&plain);
    size_t point = strcspn(digits, ".");
    for (size_t i = 0; i < plain.length; i++) {
        bool group = i > 0 && i < point && (point - i) % 3 == 0 && digits[i - 1] != '-';
        text_append_format(t, "%s%c", group ? "," : "", digits[i]);
    }
    text_release(&plain);
}

void figure_append(struct text *t, double value, const char *unit)
{
    if (!isfinite(value))
        text_append(t, "?");
    else if (strcmp(unit, "s") == 0)
        append_seconds(t, value);
    else if (strcmp(unit, "bytes") == 0)
        append_bytes(t, value);
    else {
        char *valid = valid_line(unit);
        append_grouped(t, value);
        text_append_format(t, "%s%s", *valid ? " " : "", valid);
        free(valid);
    }
}

void figure_append_count(struct text *t, size_t count, const char *noun)
{
    text_append_format(t, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}
