/* pgrehearse-migrate: runs a folder of SQL revisions against a PostgreSQL database. */
#include <ctype.h>
#include <signal.h>

#include "base/hidden_arguments.h"
#include "base/memory.h"
#include "base/standard_streams.h"
#include "migrate/commands.h"
#include "migrate/usage.h"

static struct cancel stop; /* a signal handler knows nothing else */

static void on_signal(int number)
{
    (void)number;
    cancel_raise(&stop);
}

static bool hear_signals(void)
{
    if (!cancel_init(&stop))
        return false;
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    /* whoever reads our log may go away; a migration under way may not die of it */
    signal(SIGPIPE, SIG_IGN);
    return true;
}

struct migrate_arguments {
    struct migrate_request request;
    const struct migrate_command *command;
    const char *log_path;
};

static error_t take_word(struct migrate_arguments *a, char *word, struct argp_state *state)
{
    if (!a->request.command) {
        a->request.command = word;
        a->command = migrate_command_find(word);
        if (!a->command)
            argp_error(state, "unknown command '%s'", word);
    } else if (!a->request.target) {
        a->request.target = word;
    } else {
        argp_error(state, "unexpected argument '%s'", word);
    }
    return 0;
}

static error_t check_words(const struct migrate_arguments *a, struct argp_state *state)
{
    if (!a->command)
        argp_error(state, "give a command");
    else if (migrate_command_takes_target(a->command) && !a->request.target)
        argp_error(state, "%s needs a revision", a->request.command);
    else if (!migrate_command_takes_target(a->command) && a->request.target)
        argp_error(state, "%s takes no argument: '%s'", a->request.command, a->request.target);
    return 0;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct migrate_arguments *a = state->input;
    switch (key) {
    case 'd':
        a->request.database = value;
        return 0;
    case 'm':
        a->request.migrations = value;
        return 0;
    case 'y':
        a->request.layout = value;
        return 0;
    case 'l':
        a->log_path = value;
        return 0;
    case 'v':
        a->request.verbose = true;
        return 0;
    case ARGP_KEY_ARG:
        return take_word(a, value, state);
    case ARGP_KEY_END:
        return check_words(a, state);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static bool is_negative_number(const char *word)
{
    return word[0] == '-' && word[1] && strspn(word + 1, "0123456789") == strlen(word + 1);
}

/*
 * `downgrade -1` as in Alembic: argp would take -1 for an option, so it goes to the end, behind
 * "--". `moved` has room for `count` + 2 words. Returns their number.
 */
static int move_numbers_back(int count, char **words, char **moved)
{
    static char separator[] = "--";
    int kept = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], separator) == 0)
            return -1; /* the caller has seen to it */
        if (!is_negative_number(words[i]))
            moved[kept++] = words[i];
    }
    moved[kept++] = separator;
    for (int i = 0; i < count; i++)
        if (is_negative_number(words[i]))
            moved[kept++] = words[i];
    moved[kept] = NULL;
    return kept;
}

static void parse(struct migrate_arguments *a, int count, char **words)
{
    static const struct argp argp = {
        migrate_options, parse_option, migrate_synopsis, migrate_documentation, NULL, NULL, NULL};
    argp_program_version = "pgrehearse-migrate " PGREHEARSE_VERSION;
    argp_err_exit_status = MIGRATE_USAGE;
    char **moved = calloc((size_t)count + 2, sizeof *moved);
    if (!moved)
        memory_exhausted();
    int number = move_numbers_back(count, words, moved);
    if (number < 0)
        argp_parse(&argp, count, words, 0, NULL, a);
    else
        argp_parse(&argp, number, moved, 0, NULL, a);
    free(moved);
}

/* One line, to the log as well if there is one. */
static void complain(const struct migration_log *log, const struct error *e)
{
    struct error told = *e;
    if (e->kind == ERROR_USAGE)
        hide_quoted_arguments(told.message);
    migration_log_line(log, "pgrehearse-migrate: %s%s%s%s", told.message,
                       e->sqlstate[0] ? " (SQLSTATE " : "", e->sqlstate, e->sqlstate[0] ? ")" : "");
}

static enum migrate_status run(struct migrate_arguments *a, struct error *e)
{
    struct migration_log log;
    enum migrate_status status = MIGRATE_USAGE;
    if (migration_log_open(&log, a->log_path, e)) {
        a->request.log = &log;
        status = migrate_command_run(a->command, &a->request, e);
    }
    if (status != MIGRATE_FAILED && (fflush(stdout) != 0 || ferror(stdout))) {
        error_set(e, ERROR_UNAVAILABLE, "cannot write to standard output");
        status = status == MIGRATE_DONE ? MIGRATE_UNAVAILABLE : status;
    }
    if (e->kind != ERROR_NONE)
        complain(&log, e);
    migration_log_close(&log);
    return status;
}

int main(int count, char **given)
{
    char **words = (char **)hidden_arguments(count, given); /* argp only changes their order */
    standard_streams_open();
    struct migrate_arguments unused = {0}, a = {.request = {.migrations = ".",
                                                            .layout = LAYOUT_OWN,
                                                            .database = getenv("DATABASE_URL"),
                                                            .cancel = &stop},
                                                .log_path = getenv("MIGRATION_LOG")};
    parse(&unused, count, given); /* argp quotes what is wrong: with the passwords hidden */
    parse(&a, count, words);
    struct error e = {0};
    enum migrate_status status = MIGRATE_UNAVAILABLE;
    if (hear_signals())
        status = run(&a, &e);
    else
        fputs("pgrehearse-migrate: out of file descriptors\n", stderr);
    cancel_release(&stop);
    free(words);
    return status;
}
