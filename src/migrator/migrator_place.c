#include "migrator/migrator_place.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/text.h"
#include "migrator/migration_files.h"
#include "migrator/revisions.h"

/* A file's name with an ending, and a line number after it. */
#define NAME "([^][ \"'`(){},;:=]*[^][ \"'`(){},;:=/.]\\.[A-Za-z]{2,4})"
static const char with_comma[] = NAME "\"?, line ([0-9]{1,7})";
static const char with_colon[] = NAME ":([0-9]{1,7})";
static const char alone[] = NAME;

char *migrator_path_for_display(const char *path)
{
    char *here = getcwd(NULL, 0);
    size_t length = here ? strlen(here) : 0;
    bool below = length > 1 && strncmp(path, here, length) == 0 && path[length] == '/';
    free(here);
    return memory_copy_of(below ? path + length + 1 : path);
}

/* The regular file `name` in `folder`, which is a real path: its real path, if it is below. */
static char *path_below(const char *folder, const char *name)
{
    char *path = name[0] == '/' ? memory_copy_of(name) : memory_format("%s/%s", folder, name);
    char *real = realpath(path, NULL);
    size_t length = strlen(folder);
    struct stat status;
    bool good = real && strncmp(real, folder, length) == 0 && real[length] == '/' &&
                stat(real, &status) == 0 && S_ISREG(status.st_mode);
    free(path);
    if (good)
        return real;
    free(real);
    return NULL;
}

/* Tools name files from the folder that they were called in, or by their last part alone: the
   longest end of the name that is there counts. */
static char *find_below(const char *folder, const char *name)
{
    static const char *const usual[] = {"", "versions/", "migrations/", "deploy/", "revert/"};
    char *found = path_below(folder, name);
    for (const char *part = name; !found && part; part = strchr(part, '/')) {
        part += *part == '/';
        for (size_t i = 0; !found && i < sizeof usual / sizeof *usual; i++) {
            char *tried = memory_format("%s%s", usual[i], part);
            found = *part ? path_below(folder, tried) : NULL;
            free(tried);
        }
    }
    return found;
}

struct place {
    char *file; /* a real path; NULL: none */
    unsigned line;
};

/* Whether the path is a revision's file; where the revisions are not known, any may be. */
static bool is_of_revision(const struct revision_list *list, const char *path)
{
    for (size_t i = 0; list && i < list->count; i++)
        for (size_t j = 0; j < list->items[i].file_count; j++) {
            char *real = realpath(list->items[i].files[j], NULL);
            bool same = real && strcmp(real, path) == 0;
            free(real);
            if (same)
                return true;
        }
    return !list;
}

static void take_place(struct place *p, char *file, unsigned line)
{
    free(p->file);
    *p = (struct place){file, line};
}

/* Where files are looked for, and which ones count. */
struct files {
    const char *folder;               /* a real path */
    const struct revision_list *list; /* theirs alone; NULL: any below the folder */
};

/* The last place in a text; the groups of the regex are a file and, where there is one, a line. */
static bool place_in(const struct pattern *pattern, const char *text, const struct files *files,
                     struct place *p)
{
    regmatch_t parts[3];
    bool found = false;
    while (pattern_find(pattern, text, parts, 3) && parts[1].rm_so >= 0) {
        char *name = pattern_part(text, &parts[1]);
        char *path = find_below(files->folder, name);
        bool has_line = parts[2].rm_so >= 0, counts = path && is_of_revision(files->list, path);
        free(name);
        if (!counts)
            free(path);
        else
            take_place(p, path, has_line ? (unsigned)strtoul(text + parts[2].rm_so, NULL, 10) : 0);
        found = found || counts;
        text += parts[0].rm_eo > 0 ? parts[0].rm_eo : 1;
    }
    return found;
}

/* A line of the log and the one after it. To be freed. */
static char *two_lines(const struct migrator_result *result, size_t first)
{
    const char *next = first + 1 < result->line_count ? result->lines[first + 1].text : "";
    return memory_format("%s\n%s", result->lines[first].text, next);
}

/* The last lines of the log in which the regex finds a place. */
static bool place_by(const char *source, const struct migrator_result *result,
                     const struct files *files, struct place *p)
{
    struct pattern pattern;
    bool found = false, spans = strstr(source, "\n") != NULL;
    pattern_compile_checked(&pattern, source);
    for (size_t i = result->line_count; i > 0 && !found; i--) {
        char *both = spans ? two_lines(result, i - 1) : NULL;
        found = place_in(&pattern, both ? both : result->lines[i - 1].text, files, p);
        free(both);
    }
    pattern_release(&pattern);
    return found;
}

static bool place_by_profile(const struct migrator_result *result, const struct migrator *m,
                             const struct files *files, struct place *p)
{
    const struct suite_migrator *profile = m->definition;
    for (unsigned i = 0; i < profile->place_count; i++)
        if (place_by(profile->places[i], result, files, p))
            return true;
    return false;
}

static bool place_by_habit(const struct migrator_result *result, const struct files *files,
                           struct place *p)
{
    return place_by(with_comma, result, files, p) || place_by(with_colon, result, files, p);
}

static const char *after_characters(const char *s, size_t count)
{
    for (; *s && count; s++)
        count -= ((unsigned char)s[1] & 0xc0) != 0x80;
    return s;
}

/* Whether more than one statement may be in it: something follows a semicolon. */
static bool holds_several(const char *sql)
{
    const char *end = strchr(sql, ';');
    return end && end[1 + strspn(end + 1, "; \t\r\n")];
}

/*
 * Where the file has the refused statement. A tool that sends a whole file in one message gets no
 * word of the line, unless the server could not even read the SQL.
 */
static bool place_by_statement(const struct refused_statement *refused, const struct migrator *m,
                               const char *folder, struct place *p)
{
    char *file = NULL;
    unsigned line = 0;
    const struct revision_files none = {0};
    const char *where = m->folder ? m->folder : folder;
    if (!migration_files_find(where, &none, refused->sql, &file, &line))
        return false;
    const char *first = refused->sql + strspn(refused->sql, " \t\r\n\f\v");
    const char *at =
        refused->position ? after_characters(refused->sql, refused->position - 1) : first;
    if (at > first)
        line += text_line_of(first, at) - 1;
    else if (line == 1 && !refused->position && holds_several(refused->sql))
        line = 0;
    char *path = path_below(where, file);
    free(file);
    if (path)
        take_place(p, path, line);
    return path != NULL;
}

/* The revision that a line of the log names last; NULL: none. */
static const struct project_revision *revision_in(const struct revision_list *list,
                                                  const char *text)
{
    const struct project_revision *last = NULL;
    const char *latest = NULL;
    size_t longest = 0;
    for (size_t i = 0; i < list->count; i++) {
        size_t length = strlen(list->items[i].id);
        for (const char *at = text; length && (at = strstr(at, list->items[i].id)); at++)
            if ((at == text || !isalnum((unsigned char)at[-1])) &&
                !isalnum((unsigned char)at[length]) &&
                (!latest || at > latest || (at == latest && length > longest))) {
                last = &list->items[i];
                latest = at;
                longest = length;
            }
    }
    return last;
}

/* The revision that ran last, by the lines that its profile knows. */
static bool place_by_revision(const struct migrator_result *result, const struct migrator *m,
                              struct place *p)
{
    struct pattern ran;
    const struct project_revision *found = NULL;
    pattern_compile_checked(&ran, m->definition->ran);
    for (size_t i = result->line_count; m->revisions && i > 0 && !found; i--)
        if (pattern_matches(&ran, result->lines[i - 1].text))
            found = revision_in(m->revisions, result->lines[i - 1].text);
    pattern_release(&ran);
    char *path = found && found->file_count ? realpath(found->files[0], NULL) : NULL;
    if (path)
        take_place(p, path, 0);
    return path != NULL;
}

bool migrator_place(const struct migrator_result *result, const struct migrator *m,
                    const struct refused_statement *refused, char **file, unsigned *line)
{
    struct place p = {0};
    char *folder = m->directory ? realpath(m->directory, NULL) : NULL;
    const struct files any = {.folder = folder}, own = {folder, m->revisions};
    bool found = folder && m->definition &&
                 (place_by_profile(result, m, &any, &p) || place_by_habit(result, &own, &p) ||
                  (refused && refused->sql && place_by_statement(refused, m, folder, &p)) ||
                  place_by(alone, result, &own, &p) || place_by_revision(result, m, &p) ||
                  place_by_habit(result, &any, &p));
    *file = found ? migrator_path_for_display(p.file) : NULL;
    *line = found ? p.line : 0;
    free(p.file);
    free(folder);
    return found;
}

bool migrator_statement_place(const struct migrator *m, const char *sql, char **file,
                              unsigned *line)
{
    const struct migrator_result silent = {0};
    const struct refused_statement statement = {.sql = sql};
    return migrator_place(&silent, m, &statement, file, line);
}
