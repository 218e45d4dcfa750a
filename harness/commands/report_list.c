#include "commands/report_list.h"

#include "reports/reporter.h"

void report_list_print(FILE *out)
{
    fputs("\nReports for --report:\n", out);
    for (const struct reporter *const *r = reporter_table; *r; r++)
        fprintf(out, "  %-16s %s%s\n", (*r)->name, (*r)->summary, (*r)->send ? " (=URL)" : "");
}
