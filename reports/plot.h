/*
 * Plots as SVG, drawn by gnuplot in a process of its own, for report.html and `history`.
 *
 * gnuplot gets numbers and words of our own, never a text from outside: each text is kept here
 * under a word ("w17") that gnuplot sets in its place, and the drawing gets it when gnuplot has
 * ended. What gnuplot draws is read and rewritten, element by element, so that nothing else can
 * be in it: no script, style, link or reference out of it.
 *
 * A drawing stands inline in a page or, as it is, in a file.svg. It takes the page's colours by
 * classes (html_style) and has colours of its own, legible on light and dark paper, where there is
 * no style sheet. Text and axes are in currentColor.
 */
#pragma once
#include "base/error.h"
#include "base/text.h"

enum plot_ink {
    PLOT_TEXT,  /* as the text around it */
    PLOT_FAINT, /* what is behind the rest */
    PLOT_BLUE,
    PLOT_VIOLET,
    PLOT_GOOD,
    PLOT_BAD,
    PLOT_DOUBT,
    PLOT_INKS
};

enum plot_fill { PLOT_SOLID, PLOT_LIGHT, PLOT_HATCHED, PLOT_DOTTED, PLOT_FILLS };

enum plot_kind {                   /* and the numbers of a row */
                 PLOT_BOXES,       /* left, bottom, right, top */
                 PLOT_LINE,        /* x, y; a row with a NaN parts the line */
                 PLOT_DASHED_LINE, /* x, y; the same */
                 PLOT_POINTS,      /* x, y */
                 PLOT_TRIANGLES,   /* x, y */
                 PLOT_NEEDLES,     /* x, y: from y = 0 up to y */
                 PLOT_INTERVALS,   /* x, y, low, high: a point with whiskers */
};

enum plot_axis { PLOT_X, PLOT_Y };
enum plot_side { PLOT_LEFT, PLOT_MIDDLE, PLOT_RIGHT };

/* One line of what explains the drawing, beside it. */
struct plot_key {
    enum plot_kind kind;
    enum plot_ink ink;
    enum plot_fill fill;
    char *text;
};

/* Built by the functions below; the caller may change the margins first. */
struct plot {
    char *name;                   /* ids in the drawing begin with it */
    char *title, *description;    /* alternative text; any bytes */
    int width, height;            /* units, of which a letter is 12 high */
    int left, right, top, bottom; /* margins: 64, 16, 12, 50 */
    struct text settings;         /* commands for gnuplot */
    struct text data, series;     /* named blocks of numbers; how each is drawn */
    size_t series_count;
    char **words; /* texts that stand in the drawing */
    size_t word_count;
    struct plot_key *keys;
    size_t key_count;
};

/* `name` is ours: letters, digits and "-", another one for each plot of a page. */
void plot_init(struct plot *p, const char *name, int width, int height, const char *title,
               const char *description);
void plot_release(struct plot *p);

/*
 * The range of an axis, with about `ticks` ticks at round values and a title (any bytes; NULL:
 * none). Ticks are marked as figures are (figure.h) in the unit "s" or "bytes"; any other unit is
 * the title where there is none, and its ticks are bare numbers. Where high
 * is not above low, or one is not finite, a range around low is taken, or 0 to 1.
 * `plot_axis_log` is by powers of ten; low has to be above 0.
 */
void plot_axis(struct plot *p, enum plot_axis axis, double low, double high, int ticks,
               const char *unit, const char *title);
void plot_axis_log(struct plot *p, enum plot_axis axis, double low, double high, const char *unit,
                   const char *title);

/* A range without ticks of its own, and one tick after the other; texts cut to `columns`. */
void plot_axis_bare(struct plot *p, enum plot_axis axis, double low, double high,
                    const char *title);
void plot_tick(struct plot *p, enum plot_axis axis, double at, const char *text, size_t columns);

/* Begins a series; later ones are drawn above earlier ones. Then its rows. */
void plot_begin(struct plot *p, enum plot_kind kind, enum plot_ink ink, enum plot_fill fill);
void plot_add(struct plot *p, double x, double y);
void plot_add_box(struct plot *p, double left, double bottom, double right, double top);
void plot_add_interval(struct plot *p, double x, double y, double low, double high);

/* A text in the drawing, on that side of its place, cut to `columns`. */
void plot_note(struct plot *p, double x, double y, enum plot_side side, const char *text,
               size_t columns);

/* What marks of that look mean; told once each, however often it is called. */
void plot_explain(struct plot *p, enum plot_kind kind, enum plot_ink ink, enum plot_fill fill,
                  const char *text);

/*
 * Adds the drawing, an <svg> element that is also a whole XML document, to `svg`. Takes some 20 ms
 * of gnuplot. On failure nothing is added; the error (UNAVAILABLE) says what is wrong: gnuplot is
 * not installed, has failed, or has not ended within 20 s.
 */
bool plot_draw(const struct plot *p, struct text *svg, struct error *e);

/* The keys as an HTML list, each with a small drawing; nothing if there are none. */
void plot_append_keys(const struct plot *p, struct text *html);

/* What gnuplot is given; for tests. The caller frees it. */
char *plot_script(const struct plot *p);
