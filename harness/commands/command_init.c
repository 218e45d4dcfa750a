/* pgrehearse init: a commented pgrehearse.yaml of what was recognised, to be changed by a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/installed.h"
#include "base/memory.h"
#include "base/text.h"
#include "commands/arguments.h"
#include "commands/command.h"
#include "rehearsal/rehearsed_project.h"

static const char *within(const struct project *p, const char *path)
{
    size_t length = strlen(p->root);
    if (strncmp(path, p->root, length) != 0)
        return path;
    return path[length] == '/' ? path + length + 1 : ".";
}

/* Where an editor finds the keys; nothing if the schemas are not here. */
static void point_editors(struct text *t)
{
    char *folder = installed_folder("schemas", "schemas");
    char *path = memory_format("%s/project.schema.json", folder);
    if (access(path, R_OK) == 0)
        text_append_format(t, "# yaml-language-server: $schema=%s\n", path);
    free(path);
    free(folder);
}

static void describe(struct text *t, const struct rehearsed_project *r)
{
    const struct project *p = r->project;
    const struct revision_list *list = &r->revisions;
    point_editors(t);
    text_append_format(
        t,
        "# How pgrehearse rehearses this project. Every key is optional: without it, the value "
        "is\n# recognised or not needed. docs/project.md and docs/suite.md explain them.\n\n"
        "# %s, %zu revision%s in %s, from %s to %s\n"
        "migrator:\n"
        "  profile: %s\n"
        "  folder: %s\n",
        profile_title(p->profile), list->count, list->count == 1 ? "" : "s", within(p, p->folder),
        list->items[0].id, list->items[list->count - 1].id, p->name, within(p, p->folder));
    if (p->by_layout)
        text_append(t,
                    "  # run by pgrehearse-migrate; the tool itself runs where it is installed\n");
    text_append_format(t,
                       "\n# Seconds that an upgrade may take.\n"
                       "time_limit: 60\n\n"
                       "# Extensions that are created before the first revision.\n"
                       "# extensions: [vector]\n\n"
                       "# Tables whose rows must not change. Without this key: every table%s%s.\n"
                       "# preserved_tables: [orders]\n",
                       p->runner->table_count ? " but " : "",
                       p->runner->table_count ? p->runner->tables[0] : "");
}

static bool write_new(const char *path, const struct text *t, struct error *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0 && errno == EEXIST)
        return error_set(e, ERROR_USAGE, "%s already exists; change it, or remove it first", path);
    bool good = fd >= 0 && write(fd, text_string(t), t->length) == (ssize_t)t->length;
    if (!good)
        error_set(e, ERROR_UNAVAILABLE, "%s: cannot be written: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (fd >= 0 && !good)
        unlink(path);
    return good;
}

static bool init(const struct arguments *a, struct error *e)
{
    const char *folder = a->positional_count ? a->positional[0] : ".";
    char *path = memory_format("%s/pgrehearse.yaml", folder);
    struct rehearsed_project project = {0};
    const struct rehearsed_project_request request = {.migrator = arguments_value(a, "migrator"),
                                                      .folder = arguments_value(a, "migrations")};
    struct text t = {0};
    bool good = access(path, F_OK) != 0 ||
                error_set(e, ERROR_USAGE, "%s already exists; change it, or remove it first", path);
    good = good && rehearsed_project_open(&project, folder, &request, e);
    if (good) {
        describe(&t, &project);
        good = write_new(path, &t, e);
    }
    if (good)
        printf("%s: written; commit it, and run: pgrehearse run%s%s\n", path,
               a->positional_count ? " " : "", a->positional_count ? folder : "");
    text_release(&t);
    rehearsed_project_release(&project);
    free(path);
    return good;
}

const struct option_spec command_init_options[] = {
    {"migrator", "NAME", "use this migrator, if there are several"},
    {"migrations", "DIR", "use the migrations in this folder, if there are several"},
    {NULL, NULL, NULL}};

int command_init(const struct command *self, int argc, const char *const *argv)
{
    struct arguments arguments = {0};
    struct error e = {0};
    bool good = arguments_parse(&arguments, argc, argv, self->synopsis, self->options, NULL, &e);
    if (good && !arguments.help && arguments.positional_count > 1)
        good =
            error_set(&e, ERROR_USAGE, "init: unexpected argument '%s'", arguments.positional[1]);
    good = good && (arguments.help || init(&arguments, &e));
    arguments_release(&arguments);
    return good ? EXIT_PASSED : command_fail(&e);
}
