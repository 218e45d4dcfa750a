/* The folder that --output names. */
#pragma once
#include "base/error.h"

/*
 * Makes it, with its parents and its folder logs/, and proves that it can be written, before
 * anything long is started.
 */
bool output_folder_prepare(const char *folder, struct error *e);
