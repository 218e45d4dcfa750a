/*
 * The manual pages, in the macros of man(7), written when the programs are built: from the same
 * tables of commands, options and keys as help, completion and the reading of YAML.
 */
#pragma once
#include <stdbool.h>

#include "base/error.h"

/*
 * Writes pgrehearse.1, pgrehearse-COMMAND.1 for each command, pgrehearse-migrate.1 and suite.yaml.5
 * into the folder, which has to be there. False, with the error set, if one cannot be written.
 */
bool manual_write(const char *folder, struct error *e);
