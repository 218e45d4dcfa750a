#include "migrator/revisions.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "migrator/expression.h"
#include "migrator/files_like.h"
#include "migrator/revision_order.h"

static const size_t longest_file = 64u << 20; /* bytes */

struct reader {
    struct revision_list *list;
    const char *folder;
    const struct suite_revisions *how;
    char *const *groups; /* of the sign */
};

static void free_strings(char **strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(strings[i]);
    free(strings);
}

static void release_revision(struct project_revision *revision)
{
    free(revision->id);
    free(revision->label);
    free(revision->family);
    free(revision->down_file);
    free_strings(revision->parents, revision->parent_count);
    free_strings(revision->files, revision->file_count);
}

static char *path_in(const char *folder, const char *relative)
{
    return memory_format("%s/%s", folder, relative);
}

static void add_string(char ***strings, size_t *count, char *string)
{
    *(char **)memory_append(strings, count, sizeof **strings) = string;
}

static void add_file_if_there(struct project_revision *revision, char *path)
{
    if (access(path, F_OK) == 0)
        add_string(&revision->files, &revision->file_count, path);
    else
        free(path);
}

static char *fill_path(const struct reader *r, const char *template,
                       const struct expression_groups *groups)
{
    char *relative = expression_fill(template, groups->items);
    char *path = path_in(r->folder, relative);
    free(relative);
    return path;
}

/* Every match of `parent` in the text that names the parents. */
static void read_parents(const struct reader *r, struct project_revision *revision,
                         const char *content)
{
    const char *one = r->how->parent ? r->how->parent : "[\"']([^\"']+)[\"']";
    struct expression_groups found = {0}, item = {0};
    size_t end = 0;
    while (expression_match(r->how->parents, content, &found, &end) && end > 0) {
        int last = EXPRESSION_GROUPS - 1;
        while (last > 0 && !found.items[last])
            last--;
        size_t upto = 0;
        for (const char *p = found.items[last]; expression_match(one, p, &item, &upto) && upto > 0;
             p += upto)
            add_string(&revision->parents, &revision->parent_count,
                       expression_fill(r->how->parent_id ? r->how->parent_id : "{1}", item.items));
        content += end;
    }
    expression_groups_release(&found);
    expression_groups_release(&item);
}

static void read_content(const struct reader *r, struct project_revision *revision,
                         const char *content)
{
    const struct suite_revisions *how = r->how;
    struct expression_groups groups = {0};
    if (how->id_in) {
        free(revision->id); /* a file without one is not a revision */
        revision->id = memory_copy_of(
            expression_match_line(how->id_in, content, &groups) && groups.items[1] ? groups.items[1]
                                                                                   : "");
    }
    if (how->parents)
        read_parents(r, revision, content);
    if (how->down_in)
        revision->down_line = expression_line(how->down_in, content);
    if (revision->down_line) {
        revision->has_down = true;
        revision->down_file = memory_copy_of(revision->files[0]);
    }
    expression_groups_release(&groups);
}

static bool read_file(const struct reader *r, struct project_revision *revision, const char *path,
                      struct error *e)
{
    const struct suite_revisions *how = r->how;
    struct text content = {0};
    if (access(path, R_OK) != 0)
        return error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path,
                         strerror(errno));
    if (!how->id_in && !how->parents && !how->down_in)
        return true;
    if (!text_read_file(&content, path, longest_file)) {
        text_release(&content);
        return error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path,
                         file_reason(errno));
    }
    read_content(r, revision, text_string(&content));
    text_release(&content);
    return true;
}

static struct project_revision *add_revision(const struct reader *r,
                                             const struct expression_groups *groups)
{
    const struct suite_revisions *how = r->how;
    struct project_revision *revision =
        memory_append(&r->list->items, &r->list->count, sizeof *r->list->items);
    revision->id = expression_fill(how->id ? how->id : "{1}", groups->items);
    revision->label = expression_fill(how->label ? how->label : "", groups->items);
    return revision;
}

static void add_other_files(const struct reader *r, struct project_revision *revision,
                            const struct expression_groups *groups)
{
    const struct suite_revisions *how = r->how;
    for (unsigned i = 0; i < how->also_count; i++)
        add_file_if_there(revision, fill_path(r, how->also[i], groups));
    const char *const ways[] = {how->down_file, how->down_otherwise};
    for (size_t i = 0; i < sizeof ways / sizeof *ways && !revision->has_down; i++) {
        size_t before = revision->file_count;
        if (ways[i])
            add_file_if_there(revision, fill_path(r, ways[i], groups));
        if (revision->file_count > before) {
            revision->has_down = true;
            revision->down_file = memory_copy_of(revision->files[before]);
        }
    }
}

static bool is_revision(const struct reader *r, const char *relative,
                        struct expression_groups *groups)
{
    return !(r->how->but_not && expression_match(r->how->but_not, relative, NULL, NULL)) &&
           expression_match(r->how->name ? r->how->name : "(.*)", relative, groups, NULL);
}

static bool take_path(const struct reader *r, const char *path, struct error *e)
{
    struct expression_groups groups = {0};
    bool good = true;
    if (is_revision(r, path + strlen(r->folder) + 1, &groups)) {
        struct project_revision *revision = add_revision(r, &groups);
        add_string(&revision->files, &revision->file_count, memory_copy_of(path));
        good = read_file(r, revision, path, e);
        add_other_files(r, revision, &groups);
        revision->otherwise =
            r->how->otherwise && expression_match(r->how->otherwise, path, NULL, NULL);
        if (r->how->family)
            revision->family = expression_fill(r->how->family, groups.items);
        if (!*revision->id)
            release_revision(&r->list->items[--r->list->count]);
    }
    expression_groups_release(&groups);
    return good;
}

static bool read_files(const struct reader *r, struct error *e)
{
    bool good = true;
    for (unsigned i = 0; i < r->how->file_count && good; i++) {
        glob_t found;
        if (files_like(&found, r->folder, r->how->files[i]))
            for (size_t j = 0; j < found.gl_pathc && good; j++)
                good = take_path(r, found.gl_pathv[j], e);
        globfree(&found);
    }
    return good;
}

static void take_listed(const struct reader *r, const struct expression_groups *groups,
                        const char *list)
{
    struct project_revision *revision = add_revision(r, groups);
    add_other_files(r, revision, groups);
    if (r->how->also_count && revision->file_count == 0) {
        char *path = fill_path(r, r->how->also[0], groups);
        revision_problem_add(r->list, path, "%s lists revision %s, but there is no file %s", list,
                             revision->id, path);
        free(path);
    }
}

static bool read_list(const struct reader *r, struct error *e)
{
    struct text content = {0};
    struct expression_groups groups = {0};
    char *relative = expression_fill(r->how->list, r->groups), *path = path_in(r->folder, relative);
    bool good =
        text_read_file(&content, path, longest_file) ||
        error_set(e, file_error_kind(errno), "%s: cannot be read: %s", path, file_reason(errno));
    for (const char *p = text_string(&content); good && *p;) {
        size_t length = strcspn(p, "\n");
        char *line = memory_format("%.*s", (int)length, p);
        if (expression_match_line(r->how->list_line, line, &groups))
            take_listed(r, &groups, path);
        free(line);
        p += length + (p[length] == '\n');
    }
    expression_groups_release(&groups);
    text_release(&content);
    free(relative);
    free(path);
    return good;
}

static bool another_has_its_id(const struct revision_list *list, size_t place)
{
    for (size_t i = 0; i < list->count; i++)
        if (!list->items[i].otherwise && strcmp(list->items[i].id, list->items[place].id) == 0)
            return true;
    return false;
}

static void leave_out_superseded(struct revision_list *list)
{
    for (size_t i = list->count; i-- > 0;) {
        if (!list->items[i].otherwise || !another_has_its_id(list, i))
            continue;
        release_revision(&list->items[i]);
        memmove(&list->items[i], &list->items[i + 1], (--list->count - i) * sizeof *list->items);
    }
}

bool revision_list_read(struct revision_list *list, const char *folder,
                        const struct suite_revisions *how, char *const *groups, struct error *e)
{
    struct reader reader = {list, folder, how, groups};
    *list = (struct revision_list){0};
    if (access(folder, R_OK | X_OK) != 0)
        return error_set(e, file_error_kind(errno), "%s: cannot be read: %s", folder,
                         strerror(errno));
    bool good = how->list ? read_list(&reader, e) : read_files(&reader, e);
    if (!good)
        return false;
    leave_out_superseded(list);
    revision_list_put_in_order(list, how->order);
    return true;
}

size_t revision_list_place(const struct revision_list *list, const char *id)
{
    size_t found = SIZE_MAX, length = strlen(id);
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].id, id) == 0)
            return i;
        if (length && strncmp(list->items[i].id, id, length) == 0)
            found = found == SIZE_MAX ? i : SIZE_MAX - 1;
    }
    return found == SIZE_MAX - 1 ? SIZE_MAX : found;
}

static bool has_file(const struct project_revision *r, const char *shown)
{
    size_t length = strlen(shown);
    for (size_t i = 0; i < r->file_count; i++) {
        size_t whole = strlen(r->files[i]);
        if (whole >= length && strcmp(r->files[i] + whole - length, shown) == 0 &&
            (whole == length || r->files[i][whole - length - 1] == '/'))
            return true;
    }
    return false;
}

size_t revision_list_of_file(const struct revision_list *list, const char *shown)
{
    for (size_t i = 0; i < list->count; i++)
        if (has_file(&list->items[i], shown))
            return i;
    return list->count;
}

static bool is_of_word(char c)
{
    return c == '_' || c == '-' || c == '.' || isalnum((unsigned char)c);
}

static bool has_word(const char *words, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = words; length && (at = strstr(at, word)); at++)
        if ((at == words || !is_of_word(at[-1])) && !is_of_word(at[length]))
            return true;
    return false;
}

size_t revision_list_said(const struct revision_list *list, const char *words)
{
    for (size_t i = list->count; i-- > 0;)
        if (has_word(words, list->items[i].id))
            return i;
    return list->count;
}

void revision_list_release(struct revision_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        release_revision(&list->items[i]);
    for (size_t i = 0; i < list->problem_count; i++) {
        free(list->problems[i].text);
        free(list->problems[i].file);
    }
    free(list->items);
    free(list->problems);
    *list = (struct revision_list){0};
}
