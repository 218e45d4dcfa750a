/* A preloaded interpreter: its start, and its end. preload_serve.h is its own side. */
#pragma once
#include <stdbool.h>

#include "base/cancel.h"
#include "base/keeper.h"

struct suite_preload;
struct preload_program;

/* What it is started for. */
struct preload_loading {
    const char *loaders, *library; /* the folder of the loaders, and what they load */
    const struct suite_preload *preload;
    const struct preload_program *program;
    const char *directory;          /* where it works */
    const char *const *environment; /* NAME=VALUE to set, NAME to unset; NULL-terminated */
};

struct preload_loader {
    struct keeper keeper;
    int channel; /* to it; -1: it does not run */
};

/* Whether the program's interpreter is the loader's: its name is that of the loader's file, with or
   without a version, as python3.11 is for python.py. */
bool preload_loader_fits(const struct preload_loading *loading);

/*
 * Starts it, and waits until it has loaded everything. NULL, or why it does not run: one sentence,
 * to be freed. It ends with preload_loader_end(), and when this process does.
 */
char *preload_loader_start(struct preload_loader *loader, const struct preload_loading *loading,
                           const struct cancel *cancel);

void preload_loader_end(struct preload_loader *loader);
