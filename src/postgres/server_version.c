#include "postgres/server_version.h"

static const int since[SERVER_FEATURES] = {
    [SERVER_CLONE_STRATEGY] = 15,
    [SERVER_LOCALE_PROVIDER] = 15,
    [SERVER_PARAMETER_RIGHTS] = 15,
    [SERVER_TRANSACTION_TIMEOUT] = 17,
};

int server_version_since(enum server_feature feature)
{
    return since[feature];
}

bool server_version_has(int version, enum server_feature feature)
{
    return version / 10000 >= since[feature];
}

bool server_version_check(int version, const char *server, struct error *e)
{
    if (version / 10000 >= SERVER_OLDEST)
        return true;
    return error_set(e, ERROR_UNAVAILABLE, "%s runs PostgreSQL %d.%d; %d or later is needed",
                     server, version / 10000, version % 10000, SERVER_OLDEST);
}
