#include "migrator/migrator_log.h"

#include <errno.h>
#include <regex.h>
#include <string.h>

#include "base/memory.h"
#include "base/private_file.h"

bool migrator_log_save(const char *path, const struct migrator_result *result)
{
    FILE *file = private_file_open(path);
    bool good = file != NULL;
    for (size_t i = 0; good && i < result->line_count; i++)
        good = fprintf(file, "%s\n", result->lines[i].text) >= 0;
    if (good && result->process.cut)
        good = fputs("[the rest was too long and is not kept]\n", file) >= 0;
    if (file && fclose(file) != 0)
        good = false;
    return good;
}

/* Patterns were compiled once when the suite was read, so they are known to be good. */
static const struct migrator_line *find_from(const struct migrator_result *result, size_t from,
                                             const char *pattern)
{
    regex_t regex;
    const struct migrator_line *found = NULL;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
        return NULL;
    for (size_t i = from; i < result->line_count && !found; i++)
        if (regexec(&regex, result->lines[i].text, 0, NULL, 0) == 0)
            found = &result->lines[i];
    regfree(&regex);
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
    "error|exception|traceback|fatal|panic|fail|abort|refus|cannot|can't";

static size_t complaint_begins(const struct migrator_result *result)
{
    regex_t regex;
    size_t i = 0, last = 0;
    if (regcomp(&regex, speaks_of_error, REG_EXTENDED | REG_NOSUB | REG_ICASE) != 0)
        return result->line_count;
    for (; i < result->line_count; i++) {
        const char *line = result->lines[i].text;
        if (regexec(&regex, line, 0, NULL, 0) == 0)
            break;
        if (line[strspn(line, " \t\r")])
            last = i;
    }
    regfree(&regex);
    return i < result->line_count ? i : last;
}

const char *migrator_log_complaint(const struct migrator_result *result, const char *pattern,
                                   bool any_case)
{
    regex_t regex;
    const char *found = NULL;
    bool quotes_sql = false;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB | (any_case ? REG_ICASE : 0)) != 0)
        return NULL;
    for (size_t i = complaint_begins(result); i < result->line_count && !found; i++) {
        const char *line = result->lines[i].text;
        /* SQLAlchemy shows the whole statement, from [SQL: to (Background …; Python indents source
         */
        if (strncmp(line, "[SQL:", 5) == 0 || strncmp(line, "(Background", 11) == 0)
            quotes_sql = line[0] == '[';
        else if (!quotes_sql && line[0] != ' ' && line[0] != '\t' &&
                 regexec(&regex, line, 0, NULL, 0) == 0)
            found = line;
    }
    regfree(&regex);
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
    static const char says_why[] = "(error|exception|fatal)[a-z]*( \\[[^]]*\\])?: *[^ ]";
    regex_t regex;
    const char *found = NULL;
    if (regcomp(&regex, says_why, REG_EXTENDED | REG_NOSUB | REG_ICASE) != 0)
        return migrator_last_line(result);
    for (size_t i = result->line_count; i > 0 && !found; i--) {
        const char *line = result->lines[i - 1].text;
        if (line[0] != ' ' && line[0] != '\t' && line[0] != '(' && line[0] != '[' &&
            regexec(&regex, line, 0, NULL, 0) == 0)
            found = line;
    }
    regfree(&regex);
    return found ? found : migrator_last_line(result);
}

bool migrator_log_holds(const struct migrator_result *result, const char *text)
{
    for (size_t i = 0; i < result->line_count; i++)
        if (strstr(result->lines[i].text, text))
            return true;
    return false;
}
