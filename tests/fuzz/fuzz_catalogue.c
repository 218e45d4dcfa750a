/* Expressions of a table's CHECKs and generated columns: places in documents, and samples of
 * patterns. */
#include <stdint.h>

#include "base/memory.h"
#include "generator/json_path.h"
#include "generator/regex_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_zeroed(size + 1, 1);
    if (size)
        memcpy(text, data, size);
    struct json_paths paths = {0};
    json_paths_read(&paths, text, false);
    json_paths_read(&paths, text, true);
    json_paths_release(&paths);
    struct random r = {.state = 1};
    free(regex_sample(text, &r));
    free(text);
    return 0;
}
