#include "schema/expectation.h"

#include <errno.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"

static const size_t file_limit = 64u << 20; /* bytes */
static const char cannot_be_undone[] = "cannot be undone";

/* False if the line is nothing that an expectation holds. */
static bool add_line(struct expectation *x, const char *line)
{
    if (line[0] == '+' || line[0] == '-')
        return approved_delta_add(&x->delta, line);
    if (strcmp(line, cannot_be_undone) == 0) {
        x->no_way_back = true;
        return true;
    }
    if (!data_change_is_text(line))
        return false;
    *(char **)memory_append(&x->data, &x->data_count, sizeof *x->data) = memory_copy_of(line);
    return true;
}

static bool add_lines(struct expectation *x, char *content, const char *path, struct error *e)
{
    size_t number = 0;
    for (char *line = content, *next; line && *line; line = next) {
        size_t length = strcspn(line, "\n");
        next = line + length + (line[length] == '\n');
        number++;
        while (length > 0 && strchr(" \t\r", line[length - 1]))
            length--;
        line[length] = '\0';
        if (length && line[0] != '#' && !add_line(x, line))
            return error_set(e, ERROR_USAGE,
                             "%s:%zu: expected \"+ FACT\", \"- FACT\", a change of data such as "
                             "\"drops the rows of public.orders\", \"%s\" or a # comment",
                             path, number, cannot_be_undone);
    }
    return true;
}

bool expectation_read(struct expectation *x, const char *path, struct error *e)
{
    *x = (struct expectation){0};
    struct text content = {0};
    bool good =
        text_read_file(&content, path, file_limit) ||
        error_set(e, file_error_kind(errno), "cannot read %s: %s", path, file_reason(errno));
    if (good && content.data && strlen(content.data) != content.length)
        good = error_set(e, ERROR_USAGE, "%s is not a text file", path);
    good = good && add_lines(x, content.data, path, e);
    text_release(&content);
    if (!good)
        expectation_release(x);
    return good;
}

static char *render(const char *revision, const struct delta *delta,
                    const struct data_changes *changes, bool no_way_back)
{
    struct text t = {0};
    text_append_format(&t,
                       "# What revision %s is approved to change. pgrehearse run --approve wrote "
                       "this;\n# read it before you commit it.\n",
                       revision);
    delta_render(delta, &t);
    for (size_t i = 0; i < changes->count; i++) {
        char *line = data_change_text(&changes->items[i]);
        text_append_format(&t, "%s\n", line);
        free(line);
    }
    if (no_way_back)
        text_append_format(&t, "%s\n", cannot_be_undone);
    return text_detach(&t);
}

static bool make_folder_of(const char *path)
{
    char *folder = memory_copy_of(path), *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    bool good = !slash || mkdir(folder, 0777) == 0 || errno == EEXIST;
    free(folder);
    return good;
}

bool expectation_write(const char *path, const char *revision, const struct delta *delta,
                       const struct data_changes *changes, bool no_way_back, struct error *e)
{
    char *content = render(revision, delta, changes, no_way_back);
    FILE *file = make_folder_of(path) ? fopen(path, "we") : NULL;
    bool good = file && fputs(content, file) >= 0;
    if (file)
        good = fclose(file) == 0 && good;
    if (!good)
        error_set(e, ERROR_UNAVAILABLE, "%s cannot be written: %s", path, strerror(errno));
    free(content);
    return good;
}

bool expectation_allows(const struct expectation *x, const struct data_change *change)
{
    char *line = data_change_text(change);
    bool found = false;
    for (size_t i = 0; i < x->data_count && !found; i++)
        found = strcmp(x->data[i], line) == 0;
    free(line);
    return found;
}

static bool is_found(const char *line, const struct data_changes *changes)
{
    bool found = false;
    for (size_t i = 0; i < changes->count && !found; i++) {
        char *text = data_change_text(&changes->items[i]);
        found = strcmp(text, line) == 0;
        free(text);
    }
    return found;
}

/* Whether the line speaks of a table that had no row. */
static bool had_no_rows(const char *line, const struct data_changes *changes)
{
    for (size_t i = 0; i < changes->empty_count; i++) {
        const char *at = strstr(line, changes->empty[i]);
        char after = at ? at[strlen(changes->empty[i])] : 'x';
        if (at && at > line && at[-1] == ' ' && (after == '\0' || after == '.'))
            return true;
    }
    return false;
}

char **expectation_missing(const struct expectation *x, const struct data_changes *changes,
                           size_t *count)
{
    char **missing = NULL;
    *count = 0;
    for (size_t i = 0; i < x->data_count; i++)
        if (!is_found(x->data[i], changes) && !had_no_rows(x->data[i], changes))
            *(char **)memory_append(&missing, count, sizeof *missing) = memory_copy_of(x->data[i]);
    return missing;
}

void expectation_release(struct expectation *x)
{
    approved_delta_release(&x->delta);
    for (size_t i = 0; i < x->data_count; i++)
        free(x->data[i]);
    free(x->data);
    *x = (struct expectation){0};
}
