/* A run.json of anybody's, as `merge` and the history read it. */
#include "scratch_file.h"

#include "reports/json_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *path = scratch_file("run.json", data, size);
    struct run_record r = {0};
    struct error e = {0};
    bool good = json_read_run(&r, path, &e);
    if (good == (e.kind != ERROR_NONE))
        abort();
    record_release(&r);
    free(path);
    return 0;
}
