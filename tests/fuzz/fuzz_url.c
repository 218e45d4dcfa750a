/* Connection URLs: whatever is read is written so that it reads back the same. */
#include <stdint.h>

#include "base/memory.h"
#include "postgres/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_equal(const char *a, const char *b)
{
    if (a != b && (!a || !b || strcmp(a, b) != 0))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = memory_zeroed(size + 1, 1);
    if (size)
        memcpy(string, data, size);
    struct error e = {0};
    struct url u, again;
    if (url_parse(&u, string, &e)) {
        char *written = url_format(&u, true);
        if (!url_parse(&again, written, &e))
            abort();
        must_equal(u.user, again.user);
        must_equal(u.password, again.password);
        must_equal(u.host, again.host);
        must_equal(u.port, again.port);
        must_equal(u.database, again.database);
        must_equal(u.options, again.options);
        url_release(&again);
        free(written);
    }
    char *shown = url_for_display(string);
    free(shown);
    url_release(&u);
    free(string);
    return 0;
}
