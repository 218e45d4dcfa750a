/*
 * What may come next on a command line, for the shells. Their scripts in scripts/completions/ pass
 * the words on and hold none themselves.
 */
#pragma once

/*
 * words[0] is the program, "pgrehearse" or "pgrehearse-migrate"; the last word (it may be "") is
 * the one to complete. Prints one candidate a line, which is a whole word, perhaps a tabulator and
 * what it means; ":files" and ":folders" ask for the shell's own. What cannot be learnt (a suite
 * with a mistake) is left out. Returns EXIT_PASSED.
 */
int completion_print(int count, const char *const *words);
