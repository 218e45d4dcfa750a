#include "postgres/psql_line.h"

#include <stdbool.h>
#include <string.h>

static const char before_state[] = ":  ", behind_state[] = ": ";
enum { STATE_LENGTH = 5 };

static bool is_state(const char *p)
{
    return strspn(p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == STATE_LENGTH &&
           strncmp(p + STATE_LENGTH, behind_state, strlen(behind_state)) == 0;
}

const char *psql_line_error(const char *line)
{
    for (const char *p = line; (p = strstr(p, before_state)); p++) {
        const char *state = p + strlen(before_state);
        if (is_state(state))
            return state[0] == '0' && state[1] >= '0' && state[1] <= '2' ? NULL : state;
    }
    return NULL;
}
