#include "ground/given_database.h"

#include "postgres/pooler.h"

bool given_database_open(struct connection *c, const char *url, bool read_only,
                         const struct cancel *cancel, struct error *e)
{
    return pooler_refuse(url, POOLER_OF_SESSIONS_BORNE, cancel, e) &&
           connection_open(c, url, cancel, e) &&
           (!read_only || connection_run(c, "SET default_transaction_read_only = on", e));
}
