/*
 * What libcyaml logs of a mistake (its reason, then a backtrace from the inside out), put into one
 * line: "FILE, line N, key a.b: what is wrong; expected what the schema wants there".
 */
#pragma once
#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum { COMPLAINT_DEPTH = 32 };

struct yaml_frame {
    char *field; /* NULL: a sequence's entry, or a mapping that had no key yet */
    size_t line; /* from 1; 0: unknown */
};

struct yaml_complaint {
    char *reason;                              /* the first; NULL: none */
    struct yaml_frame frames[COMPLAINT_DEPTH]; /* the innermost first */
    size_t depth;
};

/* A cyaml_log_fn_t; `context` is the complaint. */
void yaml_complaint_listen(cyaml_log_t level, void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Sets the ERROR_USAGE; always false. `source` is the text of the file. */
bool yaml_complaint_tell(const struct yaml_complaint *complaint, const char *path,
                         const char *source, const cyaml_schema_value_t *schema,
                         cyaml_err_t outcome, struct error *e);

void yaml_complaint_release(struct yaml_complaint *complaint);
