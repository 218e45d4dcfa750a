#include "rehearsal/certification.h"

#include <stdarg.h>

#include "base/memory.h"
#include "base/text.h"

void certification_note(const struct run *run, const char *format, ...)
{
    struct certification *c = run->certification;
    va_list arguments;
    va_start(arguments, format);
    char *line = memory_format_list(format, arguments);
    va_end(arguments);
    char *note = text_one_line(line);
    *(char **)memory_append(&c->notes, &c->note_count, sizeof *c->notes) = note;
    event_message(run->events, "note: %s", note);
    free(line);
}

const char *certification_fact(const struct certification *c, const char *name)
{
    const struct source_facts *facts = &c->source.facts;
    for (size_t i = 0; i < facts->circumstance_count; i++)
        if (strcmp(facts->circumstances[i].name, name) == 0)
            return facts->circumstances[i].value;
    return NULL;
}

int certification_major(const char *version)
{
    long major = version ? strtol(version, NULL, 10) : 0;
    return major > 0 && major < 1000 ? (int)major : 0;
}

void certification_release(struct certification *c)
{
    source_release(&c->source);
    certificate_ground_release(&c->start);
    revision_history_release(&c->history);
    for (size_t i = 0; i < c->column_count; i++) {
        for (size_t j = 0; j < c->columns[i].column_count; j++)
            free(c->columns[i].columns[j]);
        free(c->columns[i].columns);
        free(c->columns[i].name);
    }
    free(c->columns);
    for (size_t i = 0; i < c->table_count; i++)
        free(c->tables[i].name);
    free(c->tables);
    for (size_t i = 0; i < c->note_count; i++)
        free(c->notes[i]);
    free(c->notes);
    for (size_t i = 0; i < c->request.excluded_count; i++)
        free(c->request.excluded[i]);
    free(c->request.excluded);
    *c = (struct certification){0};
}
