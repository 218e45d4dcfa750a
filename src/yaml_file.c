#include "yaml_file.h"

#include <errno.h>
#include <unistd.h>

#include "memory.h"
#include "text.h"

/* What libcyaml says of a mistake: first the reason, then where, from the inside out. */
struct complaint {
    struct text reason;
    struct text place; /* "in mapping field 'x'", the innermost first */
    unsigned line;     /* 0: unknown */
};

static void listen(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    struct complaint *complaint = context;
    if (level < CYAML_LOG_ERROR)
        return;
    char *message = NULL;
    if (vasprintf(&message, format, arguments) < 0)
        abort();
    char *line = text_one_line(message);
    free(message);
    const char *said = strncmp(line, "Load: ", 6) == 0 ? line + 6 : line;
    const char *where = strstr(said, "(line: ");
    if (strncmp(said, "in ", 3) == 0) {
        unsigned number = 0;
        if (where && sscanf(where, "(line: %u", &number) == 1 && complaint->line == 0)
            complaint->line = number;
        size_t length = where ? (size_t)(where - said) : strlen(said);
        while (length > 0 && said[length - 1] == ' ')
            length--;
        text_append(&complaint->place, complaint->place.length ? ", " : "");
        text_append_bytes(&complaint->place, said, length);
    } else if (strncmp(said, "Backtrace", 9) != 0) {
        text_append(&complaint->reason, complaint->reason.length ? ": " : "");
        text_append(&complaint->reason, said);
    }
    free(line);
}

static cyaml_config_t config_with(struct complaint *complaint)
{
    return (cyaml_config_t){.log_fn = listen,
                            .log_ctx = complaint,
                            .mem_fn = cyaml_mem,
                            .log_level = CYAML_LOG_ERROR,
                            .flags = CYAML_CFG_DEFAULT};
}

bool yaml_file_load(const char *path, const cyaml_schema_value_t *schema, void **data,
                    struct error *e)
{
    if (access(path, R_OK) != 0)
        return error_set(e, ERROR_USAGE, "%s: cannot be read: %s", path, strerror(errno));
    struct complaint complaint = {0};
    cyaml_config_t config = config_with(&complaint);
    *data = NULL;
    cyaml_err_t outcome = cyaml_load_file(path, &config, schema, data, NULL);
    if (outcome == CYAML_OK && !*data) {
        error_set(e, ERROR_USAGE, "%s: the file is empty", path);
    } else if (outcome != CYAML_OK) {
        struct text message = {0};
        text_append(&message, path);
        if (complaint.line)
            text_append_format(&message, ":%u", complaint.line);
        text_append_format(&message, ": %s",
                           complaint.reason.length ? text_string(&complaint.reason)
                                                   : cyaml_strerror(outcome));
        if (complaint.place.length)
            text_append_format(&message, " (%s)", text_string(&complaint.place));
        error_set(e, ERROR_USAGE, "%s", text_string(&message));
        text_release(&message);
    }
    text_release(&complaint.reason);
    text_release(&complaint.place);
    return outcome == CYAML_OK && *data;
}

void yaml_file_free(const cyaml_schema_value_t *schema, void *data)
{
    struct complaint ignored = {0};
    cyaml_config_t config = config_with(&ignored);
    if (data)
        cyaml_free(&config, schema, data, 0);
    text_release(&ignored.reason);
    text_release(&ignored.place);
}
