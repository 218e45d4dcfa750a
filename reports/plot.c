#include "reports/plot.h"

#include <math.h>

#include "base/memory.h"
#include "base/valid_text.h"
#include "reports/figure.h"
#include "reports/terminal.h"

void plot_init(struct plot *p, const char *name, int width, int height, const char *title,
               const char *description)
{
    *p = (struct plot){.width = width,
                       .height = height,
                       .left = 64,
                       .right = 16,
                       .top = 12,
                       .bottom = 50,
                       .name = memory_copy_of(name),
                       .title = memory_copy_of(title),
                       .description = memory_copy_of(description)};
}

void plot_release(struct plot *p)
{
    for (size_t i = 0; i < p->word_count; i++)
        free(p->words[i]);
    for (size_t i = 0; i < p->key_count; i++)
        free(p->keys[i].text);
    free(p->keys);
    free(p->words);
    free(p->name);
    free(p->title);
    free(p->description);
    text_release(&p->settings);
    text_release(&p->data);
    text_release(&p->series);
    *p = (struct plot){0};
}

/* Keeps the text, on one line and cut, and gives its number: "w" and it stand for it. */
static size_t keep_word(struct plot *p, const char *string, size_t columns)
{
    static const struct terminal paper = {.utf8 = true};
    struct text line = {0};
    char *valid = valid_line(string);
    terminal_append_line(&paper, &line, valid, columns);
    *(char **)memory_append(&p->words, &p->word_count, sizeof *p->words) = text_detach(&line);
    free(valid);
    return p->word_count - 1;
}

/* A number as gnuplot reads it, whatever the locale. */
static void append_number(struct text *t, double value)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.9g", value);
    for (char *c = digits; *c; c++)
        if (*c == ',')
            *c = '.';
    text_append(t, digits);
}

static const char *axis_name(enum plot_axis axis)
{
    return axis == PLOT_X ? "x" : "y";
}

/* Below the axis in its middle; of the vertical one above it, lying, where it can be read. */
static void set_title(struct plot *p, enum plot_axis axis, const char *title)
{
    size_t word = keep_word(p, title, 100);
    double x = 8, y = 9;
    if (axis == PLOT_X)
        x = (p->left + p->width - p->right) / 2.0;
    else {
        p->top = p->top < 36 ? 36 : p->top;
        y = p->height - 14;
    }
    text_append_format(&p->settings, "set label \"w%zu\" at screen ", word);
    append_number(&p->settings, x / p->width);
    text_append(&p->settings, ",");
    append_number(&p->settings, y / p->height);
    text_append(&p->settings, axis == PLOT_X ? " center\n" : " left\n");
}

void plot_axis_bare(struct plot *p, enum plot_axis axis, double low, double high, const char *title)
{
    const char *name = axis_name(axis);
    if (!isfinite(low) || !isfinite(high)) {
        low = 0;
        high = 1;
    }
    if (high <= low)
        high = low + fmax(fabs(low) * 0.1, 1e-9);
    text_append_format(&p->settings, "set %srange [", name);
    append_number(&p->settings, low);
    text_append(&p->settings, ":");
    append_number(&p->settings, high);
    text_append_format(&p->settings, "] noextend\nset %stics ()\n", name);
    if (title)
        set_title(p, axis, title);
}

void plot_tick(struct plot *p, enum plot_axis axis, double at, const char *text, size_t columns)
{
    size_t word = keep_word(p, text, columns);
    text_append_format(&p->settings, "set %stics add (\"w%zu\" ", axis_name(axis), word);
    append_number(&p->settings, at);
    text_append(&p->settings, ")\n");
}

static void add_figure_tick(struct plot *p, enum plot_axis axis, double at, const char *unit)
{
    struct text figure = {0};
    figure_append(&figure, at, unit);
    plot_tick(p, axis, at, text_string(&figure), 12);
    text_release(&figure);
}

/* 1, 2 or 5 times a power of ten (of bytes: a power of two), so that about `ticks` of it fit. */
static double round_step(double range, int ticks, const char *unit)
{
    double rough = range / (ticks > 0 ? ticks : 1);
    if (strcmp(unit, "bytes") == 0)
        return fmax(1, exp2(ceil(log2(rough))));
    double power = pow(10, floor(log10(rough)));
    double share = rough / power;
    return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
}

void plot_axis(struct plot *p, enum plot_axis axis, double low, double high, int ticks,
               const char *unit, const char *title)
{
    if (!isfinite(low) || !isfinite(high)) {
        low = 0;
        high = 1;
    }
    if (high <= low)
        high = low + fmax(fabs(low) * 0.1, 1e-9);
    if (strcmp(unit, "s") != 0 && strcmp(unit, "bytes") != 0) {
        title = *unit && !title ? unit : title; /* once, not at each tick */
        unit = "";
    }
    plot_axis_bare(p, axis, low, high, title);
    double step = round_step(high - low, ticks, unit);
    double first = ceil(low / step - 1e-9);
    for (int i = 0; i < 50 && (first + i) * step <= high + step * 1e-9; i++)
        add_figure_tick(p, axis, (first + i) * step, unit);
}

void plot_axis_log(struct plot *p, enum plot_axis axis, double low, double high, const char *unit,
                   const char *title)
{
    if (!(low > 0) || !isfinite(low) || !isfinite(high)) {
        low = 1;
        high = 10;
    }
    if (high <= low)
        high = low * 10;
    plot_axis_bare(p, axis, low, high, title);
    text_append_format(&p->settings, "set logscale %s\n", axis_name(axis));
    bool few = high / low < 100; /* then 2 and 5 are marked too */
    for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
        for (int digit = 1; digit < 10; digit++) {
            double at = digit * pow(10, power);
            bool marked = digit == 1 || (few && (digit == 2 || digit == 5));
            if (marked && at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9))
                add_figure_tick(p, axis, at, unit);
        }
}

/* Ink and fill travel through gnuplot as a colour that stands for them; see plot_draw.c. */
void plot_begin(struct plot *p, enum plot_kind kind, enum plot_ink ink, enum plot_fill fill)
{
    static const struct {
        const char *columns, *style, *options;
    } kinds[] = {
        [PLOT_BOXES] = {"(($1+$3)/2):(($2+$4)/2):1:3:2:4", "boxxyerror", " fs solid"},
        [PLOT_LINE] = {"1:2", "lines", " lw 2"},
        [PLOT_DASHED_LINE] = {"1:2", "lines", " lw 1.5 dt (8,5)"},
        [PLOT_POINTS] = {"1:2", "points", " pt 7 ps 0.6"},
        [PLOT_TRIANGLES] = {"1:2", "points", " pt 9 ps 1.1"},
        [PLOT_NEEDLES] = {"1:2", "impulses", " lw 2"},
        [PLOT_INTERVALS] = {"1:2:3:4", "yerrorbars", " lw 2 pt 7 ps 0.8"},
    };
    if (p->series_count++)
        text_append(&p->data, "EOD\n");
    text_append_format(&p->data, "$d%zu << EOD\n", p->series_count);
    text_append_format(&p->series, "%s$d%zu using %s with %s lc rgb \"#10%02x%02x\"%s",
                       p->series_count > 1 ? ", " : "", p->series_count, kinds[kind].columns,
                       kinds[kind].style, (unsigned)ink, (unsigned)fill, kinds[kind].options);
    if (kind == PLOT_BOXES)
        text_append(&p->series, fill == PLOT_SOLID ? " noborder" : " border");
}

static void add_row(struct plot *p, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i])) {
            text_append(&p->data, "\n"); /* parts a line, and is nothing to the others */
            return;
        }
    for (size_t i = 0; i < count; i++) {
        text_append(&p->data, i ? " " : "");
        append_number(&p->data, values[i]);
    }
    text_append(&p->data, "\n");
}

void plot_add(struct plot *p, double x, double y)
{
    add_row(p, (const double[]){x, y}, 2);
}

void plot_add_box(struct plot *p, double left, double bottom, double right, double top)
{
    add_row(p, (const double[]){left, bottom, right, top}, 4);
}

void plot_add_interval(struct plot *p, double x, double y, double low, double high)
{
    add_row(p, (const double[]){x, y, low, high}, 4);
}

void plot_note(struct plot *p, double x, double y, enum plot_side side, const char *text,
               size_t columns)
{
    static const char *const aligns[] = {
        [PLOT_LEFT] = "right", [PLOT_MIDDLE] = "center", [PLOT_RIGHT] = "left"};
    if (!isfinite(x) || !isfinite(y))
        return;
    text_append_format(&p->settings, "set label \"w%zu\" at ", keep_word(p, text, columns));
    append_number(&p->settings, x);
    text_append(&p->settings, ",");
    append_number(&p->settings, y);
    text_append_format(&p->settings, " %s front offset character %d,0\n", aligns[side],
                       side == PLOT_LEFT    ? -1
                       : side == PLOT_RIGHT ? 1
                                            : 0);
}

void plot_explain(struct plot *p, enum plot_kind kind, enum plot_ink ink, enum plot_fill fill,
                  const char *text)
{
    for (size_t i = 0; i < p->key_count; i++)
        if (strcmp(p->keys[i].text, text) == 0)
            return;
    struct plot_key *key = memory_append(&p->keys, &p->key_count, sizeof *key);
    *key = (struct plot_key){kind, ink, fill, memory_copy_of(text)};
}

static void append_margin(struct text *t, const char *side, int units, int size)
{
    text_append_format(t, "set %cmargin at screen ", side[0]);
    append_number(t, (double)units / size);
    text_append(t, "\n");
}

char *plot_script(const struct plot *p)
{
    struct text t = {0};
    text_append_format(&t,
                       "set terminal svg size %d,%d fixed noenhanced font \"sans,12\"\n"
                       "unset key\nset border 3\nset tics nomirror out scale 0.5\n"
                       "set grid lc rgb \"#10%02x00\" lw 1 lt 1\n",
                       p->width, p->height, (unsigned)PLOT_FAINT);
    append_margin(&t, "left", p->left, p->width);
    append_margin(&t, "right", p->width - p->right, p->width);
    append_margin(&t, "bottom", p->bottom, p->height);
    append_margin(&t, "top", p->height - p->top, p->height);
    text_append(&t, text_string(&p->settings));
    text_append(&t, text_string(&p->data));
    if (p->series_count)
        text_append_format(&t, "EOD\nplot %s\n", text_string(&p->series));
    return text_detach(&t);
}
