#include "rehearsal/sightings.h"

#include "base/text.h"

static const size_t most_shown = 3; /* occurrences in the one line of a finding */

char *sightings_detail(const struct rule_look *look)
{
    struct text all = {0};
    for (size_t i = 0; i < look->count; i++) {
        const struct sighting *s = &look->sightings[i];
        text_append_format(&all, "%s %s\n", s->object, s->evidence);
        if (s->remedy)
            text_append_format(&all, "    %s\n", s->remedy);
    }
    return text_detach(&all);
}

char *sightings_message(const struct rule_look *look)
{
    struct text line = {0};
    for (size_t i = 0; i < look->count && i < most_shown; i++)
        text_append_format(&line, "%s%s %s", i ? "; " : "", look->sightings[i].object,
                           look->sightings[i].evidence);
    if (look->count > most_shown)
        text_append_format(&line, "; and %zu more", look->count - most_shown);
    return text_detach(&line);
}

void sightings_measure(struct rehearsal *r, const struct rule_look *look)
{
    for (size_t i = 0; i < look->measurement_count; i++) {
        const struct rule_measurement *m = &look->measurements[i];
        step_measure(r, m->name, m->unit, m->value, m->limit);
    }
}
