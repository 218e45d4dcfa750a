/* A dump: what sort of file it is, what it tells of itself, and plain SQL restored. */
#include "production/sources/source_dump.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "production/backups/backup_file.h"
#include "production/backups/client_program.h"
#include "production/sources/dump_whole.h"

/* How files begin (file(1) knows the same), and what unpacks them; `package` of Debian. */
static const struct packing {
    const char *magic;
    size_t length;
    const char *program, *options, *package;
} packings[] = {
    {"\x1f\x8b", 2, "gzip", "-dc", "gzip"},
    {"\x28\xb5\x2f\xfd", 4, "zstd", "-dcq", "zstd"},
    {"\xfd"
     "7zXZ\0",
     6, "xz", "-dc", "xz-utils"},
    {"BZh", 3, "bzip2", "-dc", "bzip2"},
    {"\x04\x22\x4d\x18", 4, "lz4", "-dcq", "lz4"},
};

enum { HEAD = 512 }; /* bytes; a tar file says what it is at 257 */

static bool read_head(const char *path, char head[HEAD], size_t *length, struct error *e)
{
    FILE *file = regular_file_open(path);
    if (!file)
        return error_set(e, ERROR_UNAVAILABLE, "the dump %s: %s", path, file_reason(errno));
    *length = fread(head, 1, HEAD, file);
    bool good = !ferror(file);
    fclose(file);
    if (!good)
        return error_set(e, ERROR_UNAVAILABLE, "the dump %s cannot be read", path);
    return *length > 0 || error_set(e, ERROR_UNAVAILABLE, "the dump %s is empty", path);
}

static bool find_format(const char *path, enum dump_format *format, const struct packing **packing,
                        struct error *e)
{
    char head[HEAD] = "";
    size_t length = 0;
    struct stat status;
    *packing = NULL;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        char *contents = memory_format("%s/toc.dat", path);
        bool there = access(contents, R_OK) == 0;
        free(contents);
        *format = DUMP_ARCHIVE;
        return there ? dump_folder_is_whole(path, e)
                     : error_set(e, ERROR_UNAVAILABLE,
                                 "the folder %s is not a dump: it has no toc.dat", path);
    }
    if (!read_head(path, head, &length, e))
        return false;
    bool custom = memcmp(head, "PGDMP", 5) == 0;
    bool tar = length == HEAD && memcmp(head + 257, "ustar", 5) == 0;
    *format = custom || tar ? DUMP_ARCHIVE : DUMP_PLAIN;
    for (size_t i = 0; i < sizeof packings / sizeof *packings; i++)
        if (length >= packings[i].length &&
            memcmp(head, packings[i].magic, packings[i].length) == 0)
            *packing = &packings[i];
    return !tar || dump_tar_is_whole(path, e);
}

/* What writes the SQL to standard output, as one command in brackets. */
static void append_unpack(struct text *command, const char *path, const struct packing *packing)
{
    const char *program = packing ? packing->program : "cat";
    if (packing)
        text_append_format(command,
                           "( command -v %s >/dev/null || { echo 'error: the program %s is "
                           "missing: install the package %s' >&2; exit 1; }; exec %s %s -- ",
                           program, program, packing->package, program, packing->options);
    else
        text_append(command, "( exec cat -- ");
    text_append_word(command, path);
    text_append(command, " )");
}

/* Of a live database's dump, whose size is not asked for: what is read of it is its list. */
static uint64_t unpacked_size(const struct source *s)
{
    return s->request.dump ? backup_file_size(s->request.dump) * CLIENT_PROGRAM_GROWTH : 0;
}

static bool run_scan(const struct source *s, const char *name, const char *command,
                     struct dump_scan *scan, struct error *e)
{
    struct client_program_request request = {.name = name,
                                             .command = command,
                                             .bytes = unpacked_size(s),
                                             .mark = s->request.mark,
                                             .cancel = s->cancel,
                                             .on_line = dump_scan_line,
                                             .context = scan};
    return client_program_run(&request, e);
}

bool source_dump_scan(struct source *s, const char *archive, struct dump_scan *scan,
                      struct error *e)
{
    char *program = client_program_find("pg_restore", 0, e);
    if (!program)
        return false;
    struct text command = {0};
    /*
     * All but rows, by the list of contents: --schema-only would leave out the grants on large
     * objects, and since PostgreSQL 17 so would the sections around the data.
     */
    text_append_word(&command, program);
    text_append(&command, " --list ");
    text_append_word(&command, archive);
    text_append(&command, " | LC_ALL=C sed -E '/^[0-9]+; [0-9]+ [0-9]+ (TABLE DATA|BLOBS) /d' | ");
    text_append_word(&command, program);
    text_append(&command, " --use-list /dev/stdin --file - ");
    text_append_word(&command, archive);
    bool good = run_scan(s, "pg_restore", text_string(&command), scan, e);
    text_release(&command);
    free(program);
    return good;
}

static bool judge_plain(const char *path, const struct dump_scan *scan, struct error *e)
{
    const char *wrong = NULL;
    if (scan->is_cluster)
        wrong = "was written by pg_dumpall: dump the single database with pg_dump";
    else if (!scan->is_dump)
        wrong = "is not a dump: neither pg_dump's SQL nor one of its archives";
    else if (scan->connects)
        wrong = "was made with --create and names its database: make it without";
    else if (!scan->is_whole)
        wrong = "is truncated: the last line that pg_dump writes is missing";
    return !wrong || error_set(e, ERROR_UNAVAILABLE, "the dump %s %s", path, wrong);
}

bool source_dump_open(struct source *s, struct error *e)
{
    const char *path = s->request.dump;
    const struct packing *packing;
    if (!find_format(path, &s->format, &packing, e))
        return false;
    bool good;
    if (s->format == DUMP_ARCHIVE) {
        good = source_dump_scan(s, path, s->scan, e);
    } else {
        struct text command = {0};
        append_unpack(&command, path, packing);
        good = run_scan(s, packing ? packing->program : "cat", text_string(&command), s->scan, e);
        text_release(&command);
    }
    if (!good && strstr(e->message, "unsupported version"))
        error_prefix(e, "a newer pg_dump wrote it: install the package postgresql-client of that "
                        "release");
    if (!good)
        return error_prefix(e, "the dump %s cannot be read", path);
    if (!judge_plain(path, s->scan, e))
        return false;
    s->facts.bytes = backup_file_size(path);
    s->facts.display = memory_copy_of(path);
    s->facts.server_version = memory_copy_of(s->scan->version);
    return true;
}

/* A key that the dump cannot know. */
static bool make_key(char key[33], struct error *e)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return error_set(e, ERROR_UNAVAILABLE, "no random numbers: %s", strerror(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(key + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

/* Words for sed -E: others than a superuser act for a role in this way. */
static const char by_role[] = " -e 's/^SET SESSION AUTHORIZATION (.*;)$/SET ROLE \\1/' -e "
                              "'s/^RESET SESSION AUTHORIZATION;$/RESET ROLE;/'";

/* What writes the SQL of a plain dump, without its own \restrict and \unrestrict. */
static bool append_plain(struct text *command, const struct source_making *m, struct error *e)
{
    const struct packing *packing;
    enum dump_format format;
    const char *own = m->source->scan->key;
    if (!find_format(m->dump, &format, &packing, e))
        return false;
    append_unpack(command, m->dump, packing);
    if (own)
        text_append_format(command,
                           " | LC_ALL=C sed -e '1,20{/^\\\\restrict %s$/d;}' -e "
                           "'/^\\\\unrestrict %s$/d'",
                           own, own);
    if (m->lower && m->source->scan->switches) {
        text_append(command, " | LC_ALL=C sed -E -e '/^COPY .* FROM stdin;$/,/^\\\\\\.$/b'");
        text_append(command, by_role);
    }
    return true;
}

/*
 * psql obeys no backslash command of the dump, which could run programs here, but only data and
 * SQL: \restrict (PostgreSQL manual, psql). A dump's own pair of them, which would not be allowed
 * inside of ours, is taken out.
 */
static void append_feed(struct text *command, const struct source_making *m, const char *key,
                        const char *sql)
{
    text_append_format(command, "{ printf '%%s\\n' '\\restrict %s'; ", key);
    text_append(command, sql);
    if (client_program_line_is_refused(m->server->version))
        text_append(command, client_program_without_new_line);
    text_append_format(command, "; printf '%%s\\n' '\\unrestrict %s' '\\echo %s'; } | ", key, key);
}

/*
 * Runs what the command `sql` writes. With SQLSTATEs in what psql tells: that of a violation is
 * told apart from other trouble.
 */
static bool run_sql(struct source_making *m, const char *sql, struct error *e)
{
    char key[33];
    struct text command = {0};
    char *psql = client_program_find("psql", m->server->version, e);
    bool good = psql && make_key(key, e);
    if (good) {
        append_feed(&command, m, key, sql);
        text_append_word(&command, psql);
        text_append(&command, " --no-psqlrc --quiet --no-password --output /dev/null "
                              "--set ON_ERROR_STOP=1 --set VERBOSITY=verbose");
        good = client_program_append_url(&command, m->url, e);
    }
    struct client_program_request request = {.name = "psql",
                                             .command = text_string(&command),
                                             .url = m->url,
                                             .bytes = unpacked_size(m->source),
                                             .mark = m->source->request.mark,
                                             .cancel = m->source->cancel,
                                             .proof = key};
    good = good && client_program_run(&request, e);
    if (!good && strstr(e->message, "invalid command \\restrict"))
        error_prefix(e, "this psql cannot disable a dump's backslash commands: update it, or give "
                        "a dump in pg_dump's custom format");
    text_release(&command);
    free(psql);
    return good;
}

bool source_dump_restore_plain(struct source_making *m, struct error *e)
{
    struct text sql = {0};
    bool good = append_plain(&sql, m, e) && run_sql(m, text_string(&sql), e);
    if (!good && (strstr(e->message, " 23503: ") || strstr(e->message, " 23505: ")))
        *(char **)memory_append(&m->source->violations.lines, &m->source->violations.count,
                                sizeof(char *)) = memory_copy_of(e->message);
    text_release(&sql);
    return good;
}

bool source_dump_restore_grants(struct source_making *m, struct error *e)
{
    struct text sql = {0};
    char *program = client_program_find("pg_restore", m->server->version, e);
    if (!program)
        return false;
    text_append_word(&sql, program);
    text_append(&sql, " --list ");
    text_append_word(&sql, m->dump);
    text_append(&sql, " | LC_ALL=C sed -nE '/^[0-9]+; [0-9]+ [0-9]+ (DEFAULT )?ACL /p' | ");
    text_append_word(&sql, program);
    text_append(&sql, " --use-list /dev/stdin --file - ");
    text_append_word(&sql, m->dump);
    text_append(&sql, " | LC_ALL=C sed -E -e '/^\\\\(un)?restrict [0-9A-Za-z]+$/d'");
    text_append(&sql, by_role);
    bool good = run_sql(m, text_string(&sql), e);
    text_release(&sql);
    free(program);
    return good;
}

struct listing {
    struct source_making *making;
    FILE *file;
};

/* "3587; 0 16387 TABLE DATA public t postgres" */
static void take_entry(void *context, double seconds, bool on_stderr, const char *line)
{
    (void)seconds;
    struct listing *l = context;
    unsigned id, class, oid;
    int data = 0, mapping = 0;
    if (on_stderr)
        return;
    sscanf(line, "%u; %u %u TABLE DATA %n", &id, &class, &oid, &data);
    sscanf(line, "%u; %u %u USER MAPPING %n", &id, &class, &oid, &mapping);
    if (data)
        text_append_format(&l->making->dumped, "%u ", oid);
    l->making->mappings += mapping > 0;
    if (!mapping)
        fprintf(l->file, "%s\n", line);
}

/* User mappings hold passwords: with them, a rehearsal could write to other databases. */
bool source_dump_list(struct source_making *m, const char *folder, struct error *e)
{
    char *program = client_program_find("pg_restore", 0, e);
    if (!program)
        return false;
    m->list = memory_format("%s/source.list", folder);
    struct listing l = {m, fopen(m->list, "we")};
    struct text command = {0};
    text_append(&m->dumped, " ");
    text_append(&command, "exec ");
    text_append_word(&command, program);
    text_append(&command, " --list ");
    text_append_word(&command, m->dump);
    struct client_program_request request = {.name = "pg_restore",
                                             .command = text_string(&command),
                                             .mark = m->source->request.mark,
                                             .cancel = m->source->cancel,
                                             .on_line = take_entry,
                                             .context = &l};
    bool good = l.file && client_program_run(&request, e);
    bool written = l.file && fflush(l.file) == 0 && !ferror(l.file);
    if (l.file)
        fclose(l.file);
    if (!written)
        good = error_set(e, ERROR_UNAVAILABLE, "cannot write %s: %s", m->list, strerror(errno));
    if (good && m->mappings)
        source_note(m, "%zu user mappings stay behind, so that nothing leads to foreign servers",
                    m->mappings);
    text_release(&command);
    free(program);
    return good;
}
