#include "migrator/migrator_log.h"

#include <errno.h>
#include <string.h>

#include "base/memory.h"
#include "base/pattern.h"
#include "base/private_file.h"

bool migrator_log_save(const char *path, const struct migrator_result *result)
{
    FILE *file = private_file_open(path);
    bool good = file != NULL;
    for (size_t i = 0; good && i < result->line_count; i++)
        good = fprintf(file, "%s\n", result->lines[i].text) >= 0;
    if (good && result->process.cut)
        good = fputs("[the rest was too long and was dropped]\n", file) >= 0;
    if (file && fclose(file) != 0)
        good = false;
    return good;
}

static const struct migrator_line *find_from(const struct migrator_result *result, size_t from,
                                             const char *pattern)
{
    struct pattern p;
    const struct migrator_line *found = NULL;
    pattern_compile_checked(&p, pattern);
    for (size_t i = from; i < result->line_count && !found; i++)
        if (pattern_matches(&p, result->lines[i].text))
            found = &result->lines[i];
    pattern_release(&p);
    return found;
}

const char *migrator_log_find(const struct migrator_result *result, const char *pattern)
{
    const struct migrator_line *line = find_from(result, 0, pattern);
    return line ? line->text : NULL;
}

const char *migrator_log_missing(const struct migrator_result *result, char *const *patterns,
                                 size_t count)
{
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        const struct migrator_line *line = find_from(result, from, patterns[i]);
        if (!line)
            return patterns[i];
        from = (size_t)(line - result->lines) + 1;
    }
    return NULL;
}

static const char speaks_of_error[] =
    "(?i)error|exception|traceback|fatal|panic|fail|abort|refus|cannot|can't";

static size_t complaint_begins(const struct migrator_result *result)
{
    struct pattern p;
    size_t i = 0, last = 0;
    pattern_compile_checked(&p, speaks_of_error);
    for (; i < result->line_count; i++) {
        const char *line = result->lines[i].text;
        if (pattern_matches(&p, line))
            break;
        if (line[strspn(line, " \t\r")])
            last = i;
    }
    pattern_release(&p);
    return i < result->line_count ? i : last;
}

const char *migrator_log_complaint(const struct migrator_result *result, const char *pattern,
                                   bool any_case)
{
    struct pattern p;
    const char *found = NULL;
    bool quotes_sql = false;
    bool says_so = strncmp(pattern, "(?i)", 4) == 0;
    char *source = memory_format("%s%s", any_case && !says_so ? "(?i)" : "", pattern);
    pattern_compile_checked(&p, source);
    free(source);
    for (size_t i = complaint_begins(result); i < result->line_count && !found; i++) {
        const char *line = result->lines[i].text;
        /* SQLAlchemy shows the whole statement, from [SQL: to (Background …; Python indents source
         */
        if (strncmp(line, "[SQL:", 5) == 0 || strncmp(line, "(Background", 11) == 0)
            quotes_sql = line[0] == '[';
        else if (!quotes_sql && line[0] != ' ' && line[0] != '\t' && pattern_matches(&p, line))
            found = line;
    }
    pattern_release(&p);
    return found;
}

/* errno as the C library words it, in whatever case: Go writes it in small letters. */
static bool says_errno(const char *line)
{
    static const int scarce[] = {ENOSPC, EDQUOT, EAGAIN, ENOMEM, EMFILE, ENFILE};
    for (size_t i = 0; i < sizeof scarce / sizeof *scarce; i++)
        if (strcasestr(line, strerror(scarce[i])))
            return true;
    return false;
}

static bool says_any(const char *line, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(line, words[i]))
            return true;
    return false;
}

/* What shells and runtimes say instead of errno: dash, Python, Java, Go, Node, the loader. */
static const char *const of_machine[] = {
    "Cannot fork",
    "can't start new thread",
    "unable to create native thread",
    "failed to create new OS thread",
    " EAGAIN",
    "failed to map segment from shared object",
};

/* Of pgrehearse-migrate, libpq, asyncpg, JDBC and the server. */
static const char *const of_connection[] = {
    "lost the connection to the server",
    "server closed the connection unexpectedly",
    "could not receive data from server",
    "could not send data to server",
    "SSL SYSCALL error",
    "connection was closed in the middle of operation",
    "I/O error occurred while sending to the backend",
    "terminating connection due to administrator command",
    "terminating connection due to unexpected postmaster exit",
    "terminating connection because of crash of another server process",
    "SSL connection has been closed unexpectedly",
};

const char *migrator_log_trouble(const struct migrator_result *result, bool elsewhere)
{
    for (size_t i = result->line_count; i > 0; i--) {
        const char *line = result->lines[i - 1].text;
        if (says_errno(line) ||
            says_any(line, of_machine, sizeof of_machine / sizeof *of_machine) ||
            (elsewhere &&
             says_any(line, of_connection, sizeof of_connection / sizeof *of_connection)))
            return line;
    }
    return NULL;
}

const char *migrator_log_error(const struct migrator_result *result)
{
    static const char says_why[] =
        "(?i)(error|exception|fatal)[a-z]*(( \\[[^]]*\\])?:| \\[[^]]*\\]) *[^ ]";
    struct pattern p;
    const char *found = NULL;
    pattern_compile_checked(&p, says_why);
    for (size_t i = result->line_count; i > 0 && !found; i--) {
        const char *line = result->lines[i - 1].text;
        if (line[0] != ' ' && line[0] != '\t' && line[0] != '(' && line[0] != '[' &&
            pattern_matches(&p, line))
            found = line;
    }
    pattern_release(&p);
    return found ? found : migrator_last_line(result);
}

bool migrator_log_holds(const struct migrator_result *result, const char *text)
{
    for (size_t i = 0; i < result->line_count; i++)
        if (strstr(result->lines[i].text, text))
            return true;
    return false;
}
