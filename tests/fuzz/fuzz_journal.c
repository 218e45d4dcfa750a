/* The journal of a deployment: read, or refused, and never written to by reading. */
#include "scratch_file.h"

#include "deployment/journal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *path = scratch_file("journal", data, size);
    struct journal j;
    struct error e = {0};
    enum deploy_step step;
    bool good = journal_open(&j, path, &e);
    if (good == (e.kind != ERROR_NONE))
        abort();
    if (good) {
        journal_open_step(&j, &step);
        journal_fact(&j, "deployment");
    }
    journal_close(&j);
    free(path);
    return 0;
}
