/*
 * gnuplot draws (its SVG terminal: gnuplot 5.4 manual, "svg"), and what it drew is read with
 * libxml2 and rewritten from the few elements that a drawing needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"
#include "reports/html_part.h"
#include "reports/plot.h"

static const double time_limit = 20;

/* By ink: the class for the page's style, and the colour where there is none: of middle
 * brightness, so that it stands out by 3 : 1 from white as well as from nearly black. */
static const struct {
    const char *class, *colour;
} inks[PLOT_INKS] = {
    [PLOT_TEXT] = {"p-text", "currentColor"}, [PLOT_FAINT] = {"p-faint", "#8a8f98"},
    [PLOT_BLUE] = {"p-blue", "#3f7fcb"},      [PLOT_VIOLET] = {"p-violet", "#9166cc"},
    [PLOT_GOOD] = {"p-good", "#2f8f5b"},      [PLOT_BAD] = {"p-bad", "#d64f45"},
    [PLOT_DOUBT] = {"p-doubt", "#b07a1e"},
};

struct drawing {
    const struct plot *plot;
    struct text *svg;
    struct text body;
    bool patterns[PLOT_INKS][PLOT_FILLS]; /* those in use */
    size_t shapes;
};

static char *attribute(const xmlNode *node, const char *name)
{
    return (char *)xmlGetProp(node, BAD_CAST name);
}

/* Without the blanks that gnuplot leaves at its end. */
static char *geometry(const xmlNode *node, const char *name)
{
    char *value = attribute(node, name);
    for (size_t end = value ? strlen(value) : 0; end && value[end - 1] == ' '; end--)
        value[end - 1] = '\0';
    return value;
}

/* Whether it is nothing but numbers, blanks and the letters of a path or a transformation. */
static bool is_geometry(const char *value)
{
    return value && value[strspn(value, "0123456789.,+- \t\n"
                                        "MLHVZmlhvzetranslorcagip()")] == '\0';
}

/* The ink and fill that plot_begin() coded into a colour; anything else is text. */
static void decode(const char *colour, unsigned *ink, unsigned *fill)
{
    unsigned mark = 0;
    *ink = PLOT_TEXT;
    *fill = PLOT_SOLID;
    if (!colour)
        return;
    unsigned a = 0, b = 0;
    if ((sscanf(colour, "rgb( %u , %u , %u )", &mark, &a, &b) == 3 ||
         sscanf(colour, "#%2x%2x%2x", &mark, &a, &b) == 3) &&
        mark == 16 && a < PLOT_INKS && b < PLOT_FILLS) {
        *ink = a;
        *fill = b;
    }
}

static void append_stroke(struct drawing *d, const xmlNode *node)
{
    unsigned ink, fill;
    char *stroke = attribute(node, "stroke"), *dashes = attribute(node, "stroke-dasharray");
    decode(stroke, &ink, &fill);
    text_append_format(&d->body, " class=\"%s-line\" fill=\"none\" stroke=\"%s\"", inks[ink].class,
                       inks[ink].colour);
    if (is_geometry(dashes))
        text_append_format(&d->body, " stroke-dasharray=\"%s\"", dashes);
    if (ink == PLOT_FAINT)
        text_append(&d->body, " stroke-opacity=\".4\"");
    xmlFree(stroke);
    xmlFree(dashes);
}

static void append_fill(struct drawing *d, const char *colour)
{
    unsigned ink, fill;
    decode(colour, &ink, &fill);
    if (fill == PLOT_HATCHED || fill == PLOT_DOTTED) {
        d->patterns[ink][fill] = true;
        text_append_format(&d->body, " fill=\"url(#%s-%u-%u)\"", d->plot->name, ink, fill);
        return;
    }
    text_append_format(&d->body, " class=\"%s\" fill=\"%s\"", inks[ink].class, inks[ink].colour);
    if (fill == PLOT_LIGHT || ink == PLOT_FAINT)
        text_append(&d->body, " fill-opacity=\".3\"");
}

/* The width of lines is told by a <g> around them. */
static void append_stroke_width(struct drawing *d, const xmlNode *node)
{
    char *width = attribute(node->parent, "stroke-width");
    if (is_geometry(width) && strcmp(width, "1.00") != 0)
        text_append_format(&d->body, " stroke-width=\"%s\"", width);
    xmlFree(width);
}

static void append_path(struct drawing *d, const xmlNode *node)
{
    char *path = geometry(node, "d");
    if (is_geometry(path)) {
        text_append(&d->body, "<path");
        append_stroke(d, node);
        append_stroke_width(d, node);
        text_append_format(&d->body, " d=\"%s\"/>\n", path);
        d->shapes++;
    }
    xmlFree(path);
}

static void append_polygon(struct drawing *d, const xmlNode *node)
{
    char *points = geometry(node, "points"), *fill = attribute(node, "fill");
    if (is_geometry(points)) {
        text_append(&d->body, "<polygon");
        append_fill(d, fill);
        text_append_format(&d->body, " points=\"%s\"/>\n", points);
        d->shapes++;
    }
    xmlFree(points);
    xmlFree(fill);
}

/* The mark of a point is a reference to a shape at its place and size; here it is the shape. */
static void append_point(struct drawing *d, const xmlNode *node)
{
    char *transform = attribute(node, "transform"), *colour = attribute(node, "color");
    char *shape = attribute(node, "href");
    double x = 0, y = 0, size = 1;
    bool halo = colour && strcmp(colour, "white") == 0; /* what a point of an interval lies on */
    if (!halo && transform &&
        sscanf(transform, "translate( %lf , %lf ) scale( %lf )", &x, &y, &size) == 3) {
        bool triangle = shape && strcmp(shape, "#gpPt8") == 0;
        text_append(&d->body, triangle ? "<polygon" : "<circle");
        append_fill(d, colour);
        text_append_format(&d->body,
                           triangle ? " points=\"0,-1.33 -1.33,.67 1.33,.67\"" : " r=\"1\"");
        text_append_format(&d->body, " transform=\"%s\"/>\n", transform);
        d->shapes++;
    }
    xmlFree(transform);
    xmlFree(colour);
    xmlFree(shape);
}

/* The text that the word stands for. gnuplot may set a blank before it. */
static void append_text(struct drawing *d, const xmlNode *node)
{
    char *content = (char *)xmlNodeGetContent(node);
    char *transform = attribute(node->parent, "transform");
    char *anchor = attribute(node->parent, "text-anchor");
    size_t word;
    if (content && sscanf(content, " w%zu", &word) == 1 && word < d->plot->word_count &&
        is_geometry(transform)) {
        text_append_format(
            &d->body, "<text class=\"p-text\" fill=\"currentColor\" transform=\"%s\"", transform);
        if (anchor && (strcmp(anchor, "middle") == 0 || strcmp(anchor, "end") == 0))
            text_append_format(&d->body, " text-anchor=\"%s\"", anchor);
        text_append(&d->body, ">");
        html_append_line(&d->body, d->plot->words[word]);
        text_append(&d->body, "</text>\n");
    }
    xmlFree(content);
    xmlFree(transform);
    xmlFree(anchor);
}

/* gnuplot's own title, description, definitions and background are left out. */
static void append_element(struct drawing *d, const xmlNode *node)
{
    const char *name = (const char *)node->name;
    if (strcmp(name, "path") == 0)
        append_path(d, node);
    else if (strcmp(name, "polygon") == 0)
        append_polygon(d, node);
    else if (strcmp(name, "use") == 0)
        append_point(d, node);
    else if (strcmp(name, "text") == 0)
        append_text(d, node);
    else if (strcmp(name, "svg") == 0 || strcmp(name, "g") == 0)
        for (const xmlNode *child = node->children; child; child = child->next)
            if (child->type == XML_ELEMENT_NODE)
                append_element(d, child);
}

static void append_patterns(struct drawing *d)
{
    static const char *const shapes[PLOT_FILLS] = {
        [PLOT_HATCHED] = "<path d=\"M-1,1 L1,-1 M0,6 L6,0 M5,7 L7,5\" stroke-width=\"1.4\"",
        [PLOT_DOTTED] = "<path d=\"M1,1.5 h1.8 M4,4.5 h1.8\" stroke-width=\"1.8\""};
    bool any = false;
    for (unsigned ink = 0; ink < PLOT_INKS; ink++)
        for (unsigned fill = 0; fill < PLOT_FILLS; fill++) {
            if (!d->patterns[ink][fill])
                continue;
            text_append(d->svg, any ? "" : "<defs>\n");
            text_append_format(d->svg,
                               "<pattern id=\"%s-%u-%u\" width=\"6\" height=\"6\" "
                               "patternUnits=\"userSpaceOnUse\">%s class=\"%s-line\" "
                               "stroke=\"%s\"/></pattern>\n",
                               d->plot->name, ink, fill, shapes[fill], inks[ink].class,
                               inks[ink].colour);
            any = true;
        }
    text_append(d->svg, any ? "</defs>\n" : "");
}

static void append_drawing(struct drawing *d)
{
    const struct plot *p = d->plot;
    text_append_format(d->svg,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                       "width=\"100%%\" role=\"img\" aria-labelledby=\"%s-title %s-desc\" "
                       "font-family=\"sans-serif\" font-size=\"12\">\n<title id=\"%s-title\">",
                       p->width, p->height, p->name, p->name, p->name);
    html_append_line(d->svg, p->title);
    text_append_format(d->svg, "</title>\n<desc id=\"%s-desc\">", p->name);
    html_append_line(d->svg, p->description);
    text_append(d->svg, "</desc>\n");
    append_patterns(d);
    text_append(d->svg, text_string(&d->body));
    text_append(d->svg, "</svg>\n");
}

static bool rewrite(const struct plot *p, const struct text *drawn, struct text *svg,
                    struct error *e)
{
    struct drawing d = {.plot = p, .svg = svg};
    xmlDoc *document =
        drawn->length < 64 << 20
            ? xmlReadMemory(text_string(drawn), (int)drawn->length, NULL, "UTF-8",
                            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING)
            : NULL;
    if (document && xmlDocGetRootElement(document))
        append_element(&d, xmlDocGetRootElement(document));
    bool good = d.shapes > 0;
    if (good)
        append_drawing(&d);
    else
        error_set(e, ERROR_UNAVAILABLE, "gnuplot produced no readable output");
    xmlFreeDoc(document);
    text_release(&d.body);
    return good;
}

static void append_swatch(struct text *html, const char *name, const struct plot_key *key)
{
    const char *class = inks[key->ink].class, *colour = inks[key->ink].colour;
    const char *dashes = key->kind == PLOT_DASHED_LINE ? " stroke-dasharray=\"5 3\"" : "";
    text_append(html, "<svg width=\"24\" height=\"12\" aria-hidden=\"true\">");
    switch (key->kind) {
    case PLOT_BOXES:
        text_append_format(html, "<rect x=\"1\" y=\"1\" width=\"22\" height=\"10\" ");
        if (key->fill == PLOT_HATCHED || key->fill == PLOT_DOTTED)
            text_append_format(html, "fill=\"url(#%s-%u-%u)\"/>", name, (unsigned)key->ink,
                               (unsigned)key->fill);
        else
            text_append_format(html, "class=\"%s\" fill=\"%s\"%s/>", class, colour,
                               key->fill == PLOT_LIGHT ? " fill-opacity=\".3\"" : "");
        text_append_format(html,
                           "<rect x=\"1\" y=\"1\" width=\"22\" height=\"10\" class=\"%s-line\" "
                           "fill=\"none\" stroke=\"%s\"/>",
                           class, colour);
        break;
    case PLOT_POINTS:
        text_append_format(html, "<circle class=\"%s\" fill=\"%s\" cx=\"12\" cy=\"6\" r=\"4\"/>",
                           class, colour);
        break;
    case PLOT_TRIANGLES:
        text_append_format(html, "<polygon class=\"%s\" fill=\"%s\" points=\"12,1 7,11 17,11\"/>",
                           class, colour);
        break;
    default: {
        bool upright = key->kind == PLOT_NEEDLES || key->kind == PLOT_INTERVALS;
        text_append_format(html,
                           "<path class=\"%s-line\" fill=\"none\" stroke=\"%s\" "
                           "stroke-width=\"2\"%s d=\"%s\"/>",
                           class, colour, dashes, upright ? "M12,1 V11" : "M1,6 H23");
    }
    }
    text_append(html, "</svg>");
}

void plot_append_keys(const struct plot *p, struct text *html)
{
    if (p->key_count)
        text_append(html, "<ul class=\"keys\">\n");
    for (size_t i = 0; i < p->key_count; i++) {
        text_append(html, "<li>");
        append_swatch(html, p->name, &p->keys[i]);
        text_append(html, " ");
        html_append_line(html, p->keys[i].text);
        text_append(html, "</li>\n");
    }
    if (p->key_count)
        text_append(html, "</ul>\n");
}

/* The script in memory that has no name, so that nothing can be left behind; -1 with errno set. */
static int open_script(const struct plot *p)
{
    char *script = plot_script(p);
    size_t length = strlen(script), written = 0;
    int fd = memfd_create("plot", MFD_CLOEXEC);
    while (fd >= 0 && written < length) {
        ssize_t got = write(fd, script + written, length - written);
        if (got < 0 && errno != EINTR) {
            close(fd);
            fd = -1;
        }
        written += got > 0 ? (size_t)got : 0;
    }
    free(script);
    return fd;
}

static bool explain(const struct process_result *result, struct error *e)
{
    if (result->ending == PROCESS_EXITED && result->status == 127)
        return error_set(e, ERROR_UNAVAILABLE, "gnuplot is not installed: install gnuplot-nox");
    char *ending = process_ending_text(result), *log = text_one_line(text_string(&result->log));
    error_set(e, ERROR_UNAVAILABLE, "gnuplot %s%s%.300s", ending, *log ? ": " : "", log);
    free(ending);
    free(log);
    return false;
}

bool plot_draw(const struct plot *p, struct text *svg, struct error *e)
{
    static const char *const environment[] = {"LC_ALL=C", "GNUTERM", "GNUPLOT_LIB", NULL};
    int fd = open_script(p);
    if (fd < 0)
        return error_set(e, ERROR_UNAVAILABLE, "no memory for a plot: %s", strerror(errno));
    char *command = memory_format("exec gnuplot -d /proc/%ld/fd/%d", (long)getpid(), fd);
    struct process_request request = {.command = command,
                                      .sees = SEES_GNUPLOT,
                                      .environment = environment,
                                      .time_limit = time_limit};
    struct process_result result = {0};
    bool good = process_run(&request, &result, e);
    if (good && (result.ending != PROCESS_EXITED || result.status != 0))
        good = explain(&result, e);
    else if (good)
        good = rewrite(p, &result.output, svg, e);
    process_result_release(&result);
    free(command);
    close(fd);
    return good;
}
