/* One shared library that was built elsewhere, and what it offers. */
#pragma once
#include "pgrehearse/plugin.h"

#include "base/error.h"

struct plugin_file {
    void *handle;                   /* of dlopen(3) */
    const struct pgr_plugin *offer; /* in it */
};

/*
 * Loads `path`, and checks that it is for this machine and this interface. ERROR_USAGE, on one line
 * that begins with the path; then nothing stays loaded.
 */
bool plugin_file_open(struct plugin_file *f, const char *path, struct error *e);

/* A zeroed one is accepted. What the plugin offered is gone. */
void plugin_file_close(struct plugin_file *f);
