#include "commands/progress_bar.h"

#include <unistd.h>

void progress_bar_init(struct progress_bar *b, FILE *out)
{
    const char *terminal = getenv("TERM");
    b->out = out;
    b->shown = isatty(fileno(out)) && terminal && strcmp(terminal, "dumb") != 0;
}

void progress_bar_show(void *context, const char *what, uint64_t done, uint64_t total)
{
    const struct progress_bar *b = context;
    static const char full[] = "########################################";
    int width = (int)sizeof full - 1;
    double share = total ? (double)done / (double)total : 1.0;
    int filled = (int)(share * width);
    if (!b->shown)
        return;
    fprintf(b->out, "\r%-20.20s [%.*s%*s] %3.0f %%  %llu rows\033[K", what, filled, full,
            width - filled, "", share * 100, (unsigned long long)done);
    fflush(b->out);
}

void progress_bar_release(struct progress_bar *b)
{
    if (b->shown)
        fputs("\r\033[K", b->out);
}
