#include "commands/roff.h"

#include <ctype.h>
#include <string.h>

#include "base/memory.h"
#include "base/yaml_schema.h"
#include "commands/key_words.h"
#include "suite/migrator_schema.h"

/* At the beginning of a line a dot or an apostrophe would be a request. */
static void escape(struct text *t, const char *string, size_t length, bool at_line)
{
    if (at_line && length && strchr(".'", string[0]))
        text_append(t, "\\&");
    for (size_t i = 0; i < length; i++) {
        if (string[i] == '\\')
            text_append(t, "\\e");
        else if (string[i] == '-')
            text_append(t, "\\-");
        else if (string[i] == '"')
            text_append(t, "\\(dq");
        else
            text_append_bytes(t, string + i, 1);
    }
}

static void quoted(struct text *t, const char *string)
{
    text_append(t, " \"");
    escape(t, string, strlen(string), false);
    text_append(t, "\"");
}

void roff_title(struct text *t, const char *name, const char *section)
{
    text_append(t, ".\\\" Made by the build from the tables of pgrehearse; not edited.\n.TH \"");
    for (const char *at = name; *at; at++) {
        char upper = (char)toupper((unsigned char)*at);
        escape(t, &upper, 1, false);
    }
    text_append(t, "\"");
    text_append_format(
        t, " %s " RELEASE_DATE " \"pgrehearse " PGREHEARSE_VERSION "\" \"pgrehearse manual\"\n",
        section);
}

void roff_section(struct text *t, const char *title)
{
    text_append_format(t, ".SH %s\n", title);
}

/* What is longer than a line of 80 is broken behind a word, which changes nothing on the page. */
static void fill(struct text *t, const char *string, size_t length)
{
    enum { WIDTH = 78 };
    while (length > WIDTH) {
        size_t end = WIDTH;
        while (end > 0 && string[end] != ' ')
            end--;
        if (end == 0)
            break;
        escape(t, string, end, true);
        text_append(t, "\n");
        string += end + 1;
        length -= end + 1;
    }
    escape(t, string, length, true);
    text_append(t, "\n");
}

void roff_synopsis(struct text *t, const char *program, const char *arguments)
{
    roff_section(t, "SYNOPSIS");
    text_append(t, ".B");
    quoted(t, program);
    text_append(t, "\n");
    fill(t, arguments, strlen(arguments));
}

/* Lines that begin with a blank, up to the first that does not. */
static const char *kept_lines(struct text *t, const char *string)
{
    text_append(t, ".nf\n");
    while (*string == ' ') {
        size_t length = strcspn(string, "\n");
        escape(t, string, length, true);
        text_append(t, "\n");
        string += length + (string[length] == '\n');
    }
    text_append(t, ".fi\n");
    return string;
}

void roff_paragraphs(struct text *t, const char *string)
{
    for (bool first = true; *string; first = false) {
        size_t length = strcspn(string, "\n");
        if (*string == ' ') {
            string = kept_lines(t, string);
            continue;
        }
        if (!first && length)
            text_append(t, ".PP\n");
        if (length)
            fill(t, string, length);
        string += length + (string[length] == '\n');
    }
}

void roff_entry(struct text *t, const char *name, const char *argument, const char *meaning)
{
    text_append(t, argument ? ".TP\n.BI" : ".TP\n.B");
    quoted(t, name);
    if (argument)
        quoted(t, argument);
    text_append(t, "\n");
    fill(t, meaning, strlen(meaning));
}

void roff_see_also(struct text *t, const char *pages)
{
    while (*pages) {
        size_t length = strcspn(pages, " ");
        text_append(t, ".BR ");
        escape(t, pages, length, false);
        pages += length + 1;
        text_append_format(t, " (%c)%s\n", pages[0], pages[1] ? "," : "");
        pages += 1 + (pages[1] != '\0');
    }
}

static void append_key(struct text *t, const cyaml_schema_field_t *f, const char *path)
{
    const cyaml_schema_value_t *entry = yaml_schema_entry(&f->value);
    bool nested = entry->type == CYAML_MAPPING, list = entry != &f->value;
    const char *words = key_words(path);
    struct text what = {0};
    text_append_format(&what, "%s%s", words ? words : "", words ? " (" : "(");
    if (nested)
        text_append(&what, list ? "a list of mappings" : "a mapping");
    else
        yaml_schema_describe(&f->value, &what);
    text_append(&what, f->value.flags & CYAML_FLAG_OPTIONAL ? ")" : "; required)");
    roff_entry(t, f->key, NULL, text_string(&what));
    text_release(&what);
    if (nested) {
        text_append(t, ".RS\n");
        roff_keys(t, entry, path);
        text_append(t, ".RE\n");
    }
}

void roff_keys(struct text *t, const cyaml_schema_value_t *schema, const char *path)
{
    schema = yaml_schema_entry(schema);
    if (schema->mapping.fields == suite_migrator_fields)
        path = "migrator";
    for (const cyaml_schema_field_t *f = schema->mapping.fields; f->key; f++) {
        char *within = memory_format("%s.%s", path, f->key);
        append_key(t, f, within);
        free(within);
    }
}
