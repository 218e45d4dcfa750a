/* The recorded runs as `pgrehearse history` shows them. */
#pragma once
#include "measures/histories/history.h"
#include "reports/terminal.h"

/* A table of the runs, and for each set of terms its series, a line each with a small plot. */
bool history_text(struct text *out, const struct terminal *terminal, struct store *s,
                  const char *suite, const struct history_view *view, struct error *e);

/* {"format_version": 1, …}; docs/history.md has the members. The caller frees it. */
char *history_json(const char *suite, const struct history_view *view);
