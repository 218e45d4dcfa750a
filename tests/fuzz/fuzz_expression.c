/* CHECKs as the catalogue gives them: read in bounds and in time, and never more than the limit. */
#include <stdint.h>

#include "base/memory.h"
#include "generator/expression.h"
#include "generator/literal.h"
#include "generator/random.h"
#include "generator/regex_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *string = memory_zeroed(size + 1, 1);
    if (size)
        memcpy(string, data, size);
    struct branches branches = expression_branches(string);
    if (branches.count < 1 || branches.count > BRANCH_LIMIT)
        abort();
    branches_release(&branches);
    struct name_list all = {&string, 1};
    struct name_list strings = literal_strings(&all), numbers = literal_numbers(&all);
    for (size_t i = 0; i < strings.count; i++) {
        struct random r = random_start(1, i);
        free(regex_sample(strings.names[i], &r));
        expression_mentions(string, strings.names[i]);
    }
    name_list_release(&strings);
    name_list_release(&numbers);
    free(string);
    return 0;
}
