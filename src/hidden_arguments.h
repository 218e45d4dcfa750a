/* Passwords on the command line, out of sight of everybody who lists the processes. */
#pragma once

/*
 * A copy of argv for the program to work with; in the original, which ps shows, the password of
 * every connection URL and of every key=value string becomes stars, as does the path of a URL of http. The copy is one piece
 * of memory, which the caller frees.
 */
const char **hidden_arguments(int argc, char **argv);
