#include "production/sources/source_address.h"

#include <stdlib.h>

bool source_address_check(struct error *e)
{
    /* libpq takes it rather than the host that the URL names */
    const char *elsewhere = getenv("PGHOSTADDR");
    return !elsewhere || !*elsewhere ||
           error_set(e, ERROR_USAGE,
                     "PGHOSTADDR in the environment points to a server other than the source "
                     "URL's: unset it");
}
