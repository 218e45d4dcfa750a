#include "reports/fingerprint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "reports/pipeline.h"

static void append_without_numbers(struct text *t, const char *string)
{
    for (const char *s = string ? string : ""; *s; s++)
        if (!isdigit((unsigned char)*s))
            text_append_bytes(t, s, 1);
        else if (s == string || !isdigit((unsigned char)s[-1]))
            text_append(t, "0");
}

static bool is_known(const struct fingerprints *f, const char *digest)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->items[i], digest) == 0)
            return true;
    return false;
}

const char *fingerprint_of(struct fingerprints *f, const struct cause *cause,
                           enum cause_grade grade)
{
    const struct check *c = cause->places[0].check;
    char digest[DIGEST_LENGTH + 1], *file = pipeline_file(&cause->places[0]);
    struct text key = {0};
    text_append_format(&key, "%s\n%s\n%s\n", cause_grade_name(grade), c->kind ? c->kind : c->name,
                       file ? file : "");
    append_without_numbers(&key, c->message);
    do {
        digest_bytes(text_string(&key), key.length, digest);
        text_append(&key, "\n");
    } while (is_known(f, digest));
    memcpy(memory_append(&f->items, &f->count, sizeof *f->items), digest, sizeof digest);
    text_release(&key);
    free(file);
    return f->items[f->count - 1];
}

void fingerprints_release(struct fingerprints *f)
{
    free(f->items);
    *f = (struct fingerprints){0};
}
