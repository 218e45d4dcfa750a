/* A certificate.json of anybody's: whatever is read agrees with itself, and can be told. */
#include <stdint.h>

#include "production/certificates/certificate_compare.h"
#include "production/certificates/certificate_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct certificate c = {0};
    struct error e = {0};
    struct certificate_differences d = {0};
    if (certificate_json_read((const char *)data, size, "input", &c, &e)) {
        certificate_compare(&c, &c.ground, 1760175060, 1, &d);
        for (size_t i = 0; i < d.count; i++)
            if (d.items[i].agreement == CERTIFICATE_DIFFERS &&
                strcmp(d.items[i].about, "verdict") != 0 && strcmp(d.items[i].about, "age") != 0 &&
                c.ground.file_count > 0)
                abort();
        /* and against an empty ground nothing of it may break anything */
        struct certificate_ground none = {.with_database = true};
        certificate_compare(&c, &none, 0, 1, &d);
    } else if (e.kind != ERROR_USAGE) {
        abort();
    }
    certificate_differences_release(&d);
    certificate_release(&c);
    return 0;
}
