#include <errno.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/regular_file.h"
#include "base/text.h"
#include "production/certificates/certificate_html.h"
#include "production/certificates/certificate_json.h"

static const size_t file_limit = 256u << 20; /* bytes; the record of a long run is far less */

bool certificate_write(const char *directory, const struct certificate *c, struct error *e)
{
    char *json = memory_format("%s/certificate.json", directory);
    char *html = memory_format("%s/certificate.html", directory);
    char *signature = memory_format("%s.sig", json);
    /* that of an earlier certificate is not this one's */
    bool good = unlink(signature) == 0 || errno == ENOENT ||
                error_set(e, ERROR_UNAVAILABLE, "cannot remove %s: %s", signature, strerror(errno));
    good = good && certificate_json_write(json, c, e) && certificate_html_write(html, c, e);
    free(signature);
    free(html);
    free(json);
    return good;
}

bool certificate_read(const char *path, struct certificate *c, struct error *e)
{
    struct text bytes = {0};
    *c = (struct certificate){0};
    if (!text_read_file(&bytes, path, file_limit)) {
        error_set(e, file_error_kind(errno), "cannot read the certificate %s: %s", path,
                  file_reason(errno));
        text_release(&bytes);
        return false;
    }
    bool good = certificate_json_read(text_string(&bytes), bytes.length, path, c, e);
    text_release(&bytes);
    return good;
}
