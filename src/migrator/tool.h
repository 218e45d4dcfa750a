/* The program of a migrator: in the project, above it (as npm looks), or on PATH. */
#pragma once
#include "base/error.h"
#include "suite/suite_migrator.h"

struct surroundings;

/*
 * The first of the tool's programs that is there and works in `directory`; NULL if none does, or
 * if the migrator names no tool. What names a server is kept from them. The caller frees it.
 */
char *tool_find(const struct suite_tool *tool, const char *directory,
                const struct surroundings *around);
