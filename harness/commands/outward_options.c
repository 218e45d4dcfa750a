#include "commands/outward_options.h"

static const double usual_limit = 20; /* seconds */

bool outward_options_read(const struct arguments *a, struct outward *o, struct error *e)
{
    *o = (struct outward){arguments_value(a, "webhook"), arguments_value(a, "pushgateway"),
                          arguments_value(a, "otlp"), usual_limit};
    return outward_check(o, e) && arguments_seconds(a, "outward-limit", &o->limit, e);
}
