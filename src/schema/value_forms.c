#include "schema/value_forms.h"

#include "base/memory.h"
#include "base/text.h"

/* The byte 1 stands for the column; no name and no type holds it. To be freed. */
static char *fill(const char *form, const struct data_column *c)
{
    struct text t = {0};
    for (const char *p = form; *p; p++)
        if (*p != '\1')
            text_append_bytes(&t, p, 1);
        else if (c->read)
            text_append(&t, c->read);
        else
            text_append_format(&t, "t.%s", c->name);
    return text_detach(&t);
}

static void add(struct value_forms *forms, const struct data_column *a, const char *before,
                const struct data_column *b, const char *after)
{
    struct value_form *form = memory_append(&forms->items, &forms->count, sizeof *form);
    *form = (struct value_form){fill(before, a), fill(after, b)};
}

static bool is(const struct data_column *c, const char *base)
{
    return strcmp(c->base, base) == 0;
}

static const char with_zone[] = "timestamp with time zone";
static const char without_zone[] = "timestamp without time zone";

/* The value as a moment without a zone, as sessions in `zone` see it. */
static char *wall_clock(const struct data_column *c, const char *zone)
{
    return is(c, with_zone) ? memory_format("(\1 AT TIME ZONE '%s')", zone)
                            : memory_copy_of("\1::timestamp");
}

static bool is_moment(const struct data_column *c)
{
    return is(c, with_zone) || is(c, without_zone) || is(c, "date");
}

/* A zone's name needs no quoting: the server takes letters, digits and a few signs only. */
static void add_moments(struct value_forms *forms, const struct data_column *a,
                        const struct data_column *b, const char *zone)
{
    const char *const zones[] = {"UTC", strchr(zone, '\'') ? "UTC" : zone};
    for (size_t i = 0; i < 2; i++) {
        char *before = wall_clock(a, zones[i]), *after = wall_clock(b, zones[i]);
        add(forms, a, before, b, after);
        free(before);
        free(after);
    }
}

static void add_numbers(struct value_forms *forms, const struct data_column *a,
                        const struct data_column *b)
{
    add(forms, a, "trim_scale(\1::numeric)", b, "trim_scale(\1::numeric)");
}

/* A count of seconds or milliseconds, and the moment. */
static void add_epochs(struct value_forms *forms, const struct data_column *a,
                       const struct data_column *b)
{
    static const char number[] = "trim_scale(\1::numeric)";
    static const char seconds[] = "trim_scale(extract(epoch FROM \1)::numeric)";
    static const char thousandths[] = "trim_scale(1000 * extract(epoch FROM \1)::numeric)";
    bool to_moment = a->category == 'N';
    add(forms, a, to_moment ? number : seconds, b, to_moment ? seconds : number);
    add(forms, a, to_moment ? number : thousandths, b, to_moment ? thousandths : number);
}

/* The order of the keys and the space between them say nothing; a duplicate key does. */
static void add_documents(struct value_forms *forms, const struct data_column *a,
                          const struct data_column *b)
{
    static const char members[] =
        "CASE json_typeof(\1::text::json) WHEN 'object' THEN (SELECT string_agg(concat(to_json(k), "
        "':', v::text::jsonb), ',' ORDER BY k COLLATE \"C\", v::text) FROM "
        "json_each(\1::text::json) x (k, v)) ELSE \1::text::jsonb::text END";
    add(forms, a, members, b, members);
}

static bool is_text_that_was_parsed(const struct data_column *a, const struct data_column *b)
{
    /* not numbers: '007' is more than 7 */
    return a->category == 'S' && (b->category == 'U' || b->category == 'I' || b->category == 'D' ||
                                  b->category == 'B' || b->category == 'T');
}

static void add_conversions(struct value_forms *forms, const struct data_column *a,
                            const struct data_column *b, const char *zone)
{
    add(forms, a, "\1::text", b, "\1::text");
    if (a->category == 'N' && b->category == 'N')
        add_numbers(forms, a, b);
    if (is_moment(a) && is_moment(b))
        add_moments(forms, a, b, zone);
    if ((a->category == 'N' && is_moment(b)) || (is_moment(a) && b->category == 'N'))
        add_epochs(forms, a, b);
    if (a->json || b->json)
        add_documents(forms, a, b);
    if (is(a, "character") || is(b, "character"))
        add(forms, a, "rtrim(\1::text)", b, "rtrim(\1::text)");
    if (is_text_that_was_parsed(a, b)) {
        char *parsed = memory_format("\1::text::%s::text", b->base);
        add(forms, a, parsed, b, "\1::text");
        free(parsed);
    }
    /* back to the type that it had: whatever a wider type keeps, this gives back */
    char *back = memory_format("\1::%s::text", a->base);
    add(forms, a, "\1::text", b, back);
    free(back);
}

void value_forms_of(const struct data_column *column, const struct data_column *now,
                    const char *zone, struct value_forms *forms)
{
    *forms = (struct value_forms){0};
    bool same = strcmp(column->base, now->base) == 0;
    if (same && is(column, "numeric"))
        add_numbers(forms, column, now);
    else if (same && is(column, "character"))
        add(forms, column, "rtrim(\1::text)", now, "rtrim(\1::text)");
    else if (same && is(column, "json")) {
        add(forms, column, "\1::text", now, "\1::text");
        add_documents(forms, column, now);
    } else if (same && (column->as_text || now->as_text))
        add(forms, column, "\1::text", now, "\1::text");
    else if (same)
        add(forms, column, "\1", now, "\1");
    else
        add_conversions(forms, column, now, zone);
}

void value_forms_release(struct value_forms *forms)
{
    for (size_t i = 0; i < forms->count; i++) {
        free(forms->items[i].before);
        free(forms->items[i].after);
    }
    free(forms->items);
    *forms = (struct value_forms){0};
}
