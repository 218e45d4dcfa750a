/* What a template is made from. */
#pragma once
#include "pgrehearse/throwaway.h"

#include "base/error.h"
#include "ground/run_lock.h"

/*
 * `id` stands for everything that the template is made from, in the form of a run's id; "" if that
 * cannot be known. ERROR_USAGE if the files cannot be read.
 */
bool template_source_id(const struct pgr_template_source *s, char id[RUN_ID_LENGTH + 1],
                        struct error *e);

/* Makes the empty database at `url` what the template has to be. */
bool template_source_fill(const struct pgr_template_source *s, const char *url, struct error *e);
