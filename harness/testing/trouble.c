#include "testing/trouble.h"

#include <stdio.h>

bool trouble_report(const struct error *e, struct pgr_error *public)
{
    if (e->kind == ERROR_NONE)
        return true;
    if (public)
        snprintf(public->message, sizeof public->message, "%.*s%s%s%s", 1000, e->message,
                 e->sqlstate[0] ? " (SQLSTATE " : "", e->sqlstate, e->sqlstate[0] ? ")" : "");
    return false;
}
